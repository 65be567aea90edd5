"""Writes tests/unit/detectors/brightness.onnx: mean brightness of each channel, a 2x3 matrix, no activation. For the tests of ONNX detectors.

    pip install onnx
    python scripts/tiny-onnx.py
"""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

weights = numpy_helper.from_array(np.array([[1, 0, 0], [0, 0, 2]], np.float32), "weights")  # logits: red, 2 x blue
graph = helper.make_graph(
    [
        helper.make_node("GlobalAveragePool", ["face"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weights"], ["logits"], transB=1),
    ],
    "brightness",
    [helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", 3, 16, 16])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2])],
    [weights],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
out = Path(__file__).parent.parent / "tests/unit/detectors/brightness.onnx"
onnx.save(model, out)
print(out, out.stat().st_size)
