"""Writes what train.py learned as tagger.onnx. A tool of training; needs the development packages."""

import math
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from ingest.statements.tagger import ARC, LABELS
from retrieval.models.write_minilm import EPSILON, HIDDEN, LAYERS, MICROSOFT, layer

Weights = dict[str, NDArray[np.float32]]


def graph(weights: Weights) -> onnx.ModelProto:
    """float32 words [pieces, 384], int32 kinds [pieces], int64 apart [pieces, pieces] → labels, arcs (log)."""
    given = {"kinds.table" if name == "kinds" else name: array for name, array in weights.items()}
    for part in ("labels", "hangs", "holds", "pull"):
        given[f"{part}.weight"] = np.ascontiguousarray(weights[f"{part}.weight"].T)
    nodes = _embedded()
    hidden = "layer.in"
    for number in range(LAYERS):
        more, _, hidden = layer(number, hidden, mask="")
        nodes += more
    nodes += _heads(hidden)
    constants: dict[str, NDArray[np.int64] | NDArray[np.float32]] = {
        "zero": np.array([0]),
        "first": np.array([0]),
        "shape.arcs": np.array([0, 2, ARC]),
        "shape.pull": np.array([2, 1, -1]),
        "root": np.array([math.sqrt(ARC)], np.float32),
    }
    tensors = [numpy_helper.from_array(array, name) for name, array in {**given, **constants}.items()]
    inputs = [
        helper.make_tensor_value_info("words", TensorProto.FLOAT, ["pieces", HIDDEN]),
        helper.make_tensor_value_info("kinds", TensorProto.INT32, ["pieces"]),
        helper.make_tensor_value_info("apart", TensorProto.INT64, ["pieces", "pieces"]),
    ]
    outputs = [
        helper.make_tensor_value_info("labels.log", TensorProto.FLOAT, ["pieces", len(LABELS)]),
        helper.make_tensor_value_info("arcs.log", TensorProto.FLOAT, [2, "pieces", "pieces"]),
    ]
    return helper.make_model(
        helper.make_graph(nodes, "tagger", inputs, outputs, tensors),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=9,
    )


def _embedded() -> list[onnx.NodeProto]:
    node = helper.make_node
    return [
        node("Shape", ["kinds"], ["pieces"]),
        node("Slice", ["positions", "zero", "pieces"], ["places"]),
        node("Gather", ["kinds.table", "kinds"], ["looks"]),
        node("Add", ["words", "places"], ["placed"]),
        node("Add", ["placed", "looks"], ["summed"]),
        node("LayerNormalization", ["summed", "embeddings.gamma", "embeddings.beta"], ["normal"], epsilon=EPSILON),
        node("Unsqueeze", ["normal", "first"], ["layer.in"]),
    ]


def _heads(hidden: str) -> list[onnx.NodeProto]:
    node = helper.make_node
    nodes = [node("Squeeze", [hidden, "first"], ["states"])]
    for part in ("labels", "hangs", "holds", "pull"):
        nodes += [
            node("MatMul", ["states", f"{part}.weight"], [f"{part}.product"]),
            node("Add", [f"{part}.product", f"{part}.bias"], [f"{part}.out"]),
        ]
    for part, order in (("hangs", [1, 0, 2]), ("holds", [1, 2, 0])):
        nodes += [
            node("Gelu", [f"{part}.out"], [f"{part}.active"], domain=MICROSOFT),
            node("Reshape", [f"{part}.active", "shape.arcs"], [f"{part}.apart"]),
            node("Transpose", [f"{part}.apart"], [f"{part}.turned"], perm=order),
        ]
    return [
        *nodes,
        node("LogSoftmax", ["labels.out"], ["labels.log"], axis=-1),
        node("MatMul", ["hangs.turned", "holds.turned"], ["arcs.product"]),
        node("Div", ["arcs.product", "root"], ["arcs.scaled"]),
        node("Transpose", ["pull.out"], ["pull.turned"], perm=[1, 0]),
        node("Reshape", ["pull.turned", "shape.pull"], ["pull.shaped"]),
        node("Gather", ["distance", "apart"], ["far"], axis=1),
        node("Add", ["arcs.scaled", "pull.shaped"], ["arcs.pulled"]),
        node("Add", ["arcs.pulled", "far"], ["arcs.scored"]),
        node("LogSoftmax", ["arcs.scored"], ["arcs.log"], axis=-1),
    ]


def write(weights: Weights, out: Path, *, whole: bool = False) -> None:
    """Write the model with its large weights in eight bits; with `whole`, as they are."""
    model = graph(weights)
    if whole:
        onnx.save(model, str(out))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "whole.onnx"
        onnx.save(model, str(source))
        quantize_dynamic(
            source,
            out,
            op_types_to_quantize=["Attention", "MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            # The fused operators' outputs are unknown to ONNX's own inference of types.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
        )
