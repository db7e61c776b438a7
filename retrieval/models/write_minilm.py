"""Writes minilm.onnx: the graph of all-MiniLM-L6-v2 with pooling and normalising inside, and no weights.

Run it after a change (`python -m retrieval.models.write_minilm`); it needs the development packages. The
weights stay in the package that brings them: every tensor below is declared as external, and
`retrieval.minilm` hands the arrays over when it opens the graph. So a 90 MB file is neither written on
first use nor kept in git, and the running program does not need the onnx package.

The operators are ONNX Runtime's fused ones (com.microsoft). Token types are always 0, so their embedding
is folded into the position embedding by the loader.
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

HIDDEN, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512
MICROSOFT = "com.microsoft"
EPSILON = 1e-12


def _external(name: str, *shape: int) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="given-by-the-loader")
    return tensor


def layer(
    number: int, hidden: str, mask: str = "attention_mask"
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto], str]:
    """One transformer layer over `hidden`: its nodes, its tensors and the name of its output."""
    at = f"layer.{number}."
    tensors = [
        _external(at + "qkv.weight", HIDDEN, 3 * HIDDEN),
        _external(at + "qkv.bias", 3 * HIDDEN),
        _external(at + "attention.weight", HIDDEN, HIDDEN),
        _external(at + "inner.weight", HIDDEN, INNER),
        _external(at + "inner.bias", INNER),
        _external(at + "outer.weight", INNER, HIDDEN),
        *(
            _external(at + f"{part}.{name}", HIDDEN)
            for part in ("attention", "outer")
            for name in ("bias", "gamma", "beta")
        ),
    ]

    def normalised(part: str, skip: str, output: str) -> onnx.NodeProto:
        inputs = [
            at + f"{part}.product",
            skip,
            *(at + f"{part}.{name}" for name in ("gamma", "beta", "bias")),
        ]
        return helper.make_node("SkipLayerNormalization", inputs, [output], domain=MICROSOFT, epsilon=EPSILON)

    attended, output = at + "attended", at + "output"
    nodes = [
        helper.make_node(
            "Attention",
            [hidden, at + "qkv.weight", at + "qkv.bias", *([mask] if mask else [])],
            [at + "heads"],
            domain=MICROSOFT,
            num_heads=HEADS,
        ),
        helper.make_node("MatMul", [at + "heads", at + "attention.weight"], [at + "attention.product"]),
        normalised("attention", hidden, attended),
        helper.make_node("MatMul", [attended, at + "inner.weight"], [at + "inner.product"]),
        helper.make_node(
            "BiasGelu", [at + "inner.product", at + "inner.bias"], [at + "inner.activated"], domain=MICROSOFT
        ),
        helper.make_node("MatMul", [at + "inner.activated", at + "outer.weight"], [at + "outer.product"]),
        normalised("outer", attended, output),
    ]
    return nodes, tensors, output


def _pooled(hidden: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The mean of the unmasked tokens, scaled to length 1."""
    nodes = [
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),
        helper.make_node("Mul", [hidden, "weights"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "tokens"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["weights", "tokens"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=-1, p=2),
    ]
    axes = [
        helper.make_tensor(name, TensorProto.INT64, [1], [axis]) for name, axis in (("last", 2), ("tokens", 1))
    ]
    return nodes, axes


def graph() -> onnx.ModelProto:
    """int32 [batch, tokens] input_ids and attention_mask → float32 [batch, 384] embedding.

    A second output, `states` [batch, tokens, 384], is what the embedding is the mean of.
    """
    nodes = [
        helper.make_node(
            "EmbedLayerNormalization",
            ["input_ids", "", "words", "positions", "", "embeddings.gamma", "embeddings.beta"],
            ["layer.in", "unused"],
            domain=MICROSOFT,
            epsilon=EPSILON,
        )
    ]
    tensors = [
        _external("words", VOCABULARY, HIDDEN),
        _external("positions", POSITIONS, HIDDEN),
        _external("embeddings.gamma", HIDDEN),
        _external("embeddings.beta", HIDDEN),
    ]
    hidden = "layer.in"
    for number in range(LAYERS):
        layer_nodes, layer_tensors, hidden = layer(number, hidden)
        nodes += layer_nodes
        tensors += layer_tensors
    pooled_nodes, axes = _pooled(hidden)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    nodes.append(helper.make_node("Identity", [hidden], ["states"]))
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN]),
        helper.make_tensor_value_info("states", TensorProto.FLOAT, ["batch", "tokens", HIDDEN]),
    ]
    return helper.make_model(
        helper.make_graph([*nodes, *pooled_nodes], "all-MiniLM-L6-v2", inputs, outputs, [*tensors, *axes]),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=9,
    )


if __name__ == "__main__":
    path = Path(__file__).with_name("minilm.onnx")
    path.write_bytes(graph().SerializeToString(deterministic=True))
    print(f"{path.name}: {path.stat().st_size} bytes")
