"""Published architectures of portrait animation, re-expressed from their papers' layer counts. Weights are random: for cost only."""
