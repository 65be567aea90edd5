"""Writes tests/unit/metrics/fixtures.json: rates of made-up scores by scikit-learn and SciPy, for the tests of src/metrics.

    pip install scikit-learn scipy numpy
    python scripts/metric-fixtures.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

LIMITS = (0.01, 0.05, 0.1)


def rates(score, attack, species):
    fpr, tpr, _ = roc_curve(attack, score, drop_intermediate=False)
    eer = brentq(lambda x: 1 - x - float(interp1d(fpr, tpr)(x)), 0, 1)
    # BPCER at a limit of the worst APCER: brute force over every threshold.
    thresholds = np.append(np.unique(score), np.inf)
    kinds = sorted(set(species[attack == 1]))
    at = []
    for limit in LIMITS:
        best = 1.0
        for t in thresholds:
            worst = max(float(np.mean(score[(attack == 1) & (species == k)] < t)) for k in kinds)
            if worst <= limit:
                best = min(best, float(np.mean(score[attack == 0] >= t)))
        at.append(best)
    half = {
        "apcer": {k: float(np.mean(score[(attack == 1) & (species == k)] < 0.5)) for k in kinds},
        "bpcer": float(np.mean(score[attack == 0] >= 0.5)),
    }
    return {
        "auc": float(roc_auc_score(attack, score)),
        "averagePrecision": float(average_precision_score(attack, score)),
        "eer": float(eer),
        "bpcerAt": at,
        "atHalf": half,
    }


def case(name, rng, attacks, bona_fide, shift, decimals):
    attack = np.array([1] * attacks + [0] * bona_fide)
    species = np.array([["draft", "standard", "photo"][i % 3] if a else "" for i, a in enumerate(attack)])
    raw = rng.normal(0, 1, len(attack)) + attack * shift + (species == "standard") * 0.4
    score = np.round(1 / (1 + np.exp(-raw)), decimals)
    samples = [[float(s), int(a), str(k)] for s, a, k in zip(score, attack, species)]
    return {"name": name, "samples": samples, "expected": rates(score, attack, species)}


rng = np.random.default_rng(20)
cases = [
    case("separable in part", rng, 150, 120, 1.5, 6),
    case("many ties", rng, 120, 90, 1.0, 1),
    case("few", rng, 7, 5, 0.8, 4),
    case("worse than chance", rng, 60, 40, -1.0, 4),
    case("perfect", rng, 30, 30, 30, 12),
]
out = Path(__file__).parent.parent / "tests/unit/metrics/fixtures.json"
out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(out, out.stat().st_size, [c["expected"] for c in cases])
