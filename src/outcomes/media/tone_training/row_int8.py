"""An encoder's weights in 8 bits, with one scale for each token: small, fast, the same anywhere.

The usual way takes one scale from all tokens of a batch, so that an answer depends on the rows
beside it, and one odd token coarsens all others. Here each token has its own scale. Weights take
7 of the 8 bits: on processors without VNNI, sums of full 8-bit products would overflow silently.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import OutcomesError

_WEIGHT_STEPS = 63  # 2 * 255 * 63 fits the 16-bit sums of older processors
_TOKEN_STEPS = 127
_ZERO = 128  # of the 8-bit numbers that stand for a token
_TABLE_STEPS = 127
_SMALLEST_TABLE = 1000  # rows; smaller tables of embeddings are not worth it
_CONTRIB = "com.microsoft"


def write_row_int8(source: Path, out: Path) -> int:
    """Write a float32 encoder again with its large weights in 8 bits.

    Args:
        source: The ONNX file in float32, as the exporter writes it.
        out: The file to write, about a quarter as large.

    Returns:
        How many products of matrices were changed.

    Raises:
        OutcomesError: There is none to change.
    """
    import onnx

    model = onnx.load(source)
    graph = _Rewriting(model.graph)
    for node in model.graph.node:
        graph.take(node)
    if not graph.products:
        raise OutcomesError(f"{source}: this encoder has no matrices of weights to make smaller")
    graph.finish()
    if all(known.domain != _CONTRIB for known in model.opset_import):
        model.opset_import.append(onnx.helper.make_opsetid(_CONTRIB, 1))
    onnx.save(model, out)
    return graph.products


class _Rewriting:
    """The nodes as they will be, while they are being replaced one by one."""

    def __init__(self, graph: Any) -> None:
        from onnx import helper, numpy_helper

        self._node, self._array, self._number = (
            helper.make_node,
            numpy_helper.to_array,
            numpy_helper.from_array,
        )
        self._zero = helper.make_tensor("zero", 2, [1], [_ZERO])  # 2: uint8
        self._graph = graph
        self._given = {one.name: one for one in graph.initializer}
        self._nodes: list[Any] = []
        self._new: dict[str, Any] = {}
        self._scaled: dict[str, str] = {}  # tokens -> the short name of their numbers
        self.products = 0

    def take(self, node: Any) -> None:
        """Keep a node, or put what replaces it."""
        weights = self._weights(node)
        if weights is None:
            self._nodes.append(node)
        elif node.op_type == "MatMul":
            self._product(node, weights)
        else:
            self._lookup(node, weights)

    def finish(self) -> None:
        """Put the new nodes and numbers into the graph."""
        still = {name for node in self._nodes for name in node.input}
        kept = [one for one in self._graph.initializer if one.name in still]
        for field, parts in (("node", self._nodes), ("initializer", [*kept, *self._new.values()])):
            self._graph.ClearField(field)
            getattr(self._graph, field).extend(parts)

    def _weights(self, node: Any) -> NDArray[np.float32] | None:
        at = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        if at is None or node.input[at] not in self._given:
            return None
        weights = self._array(self._given[node.input[at]])
        if weights.ndim != 2 or weights.dtype != np.float32:
            return None
        if node.op_type == "Gather" and len(weights) < _SMALLEST_TABLE:
            return None
        return np.asarray(weights)

    def _product(self, node: Any, weights: NDArray[np.float32]) -> None:
        whole, scales = _in_steps(weights, axis=0, steps=_WEIGHT_STEPS)
        short = self._scale_tokens(node.input[0], width=len(weights))
        name = node.input[1]
        parts = [
            f"{short}.int8",
            self._constant(f"{name}.int8", whole),
            self._constant("int8.one", np.float32(1)),
            self._constant(f"{name}.scales", scales[0]),
            self._constant("int8.zero", np.uint8(_ZERO)),
        ]
        self.products += 1
        unscaled = f"product{self.products}"
        self._add("MatMulIntegerToFloat", parts, unscaled, domain=_CONTRIB)
        self._add("Mul", [unscaled, f"{short}.scale"], node.output[0])

    def _scale_tokens(self, tokens: str, *, width: int) -> str:
        """Turn tokens, shape (…, width), into 8-bit numbers and one scale for each."""
        if tokens in self._scaled:
            return self._scaled[tokens]
        short = self._scaled[tokens] = f"int8.{len(self._scaled)}"
        last = {"axes": [-1], "keepdims": 1}
        flat = self._constant(f"int8.flat_{width}", np.array([-1, width]))
        line = self._constant("int8.line", np.array([-1]))
        step = self._constant("int8.step", np.float32(1 / _TOKEN_STEPS))
        least = self._constant("int8.least", np.float32(1e-9))
        self._add("Abs", [tokens], f"{short}.size")
        self._add("ReduceMax", [f"{short}.size"], f"{short}.most", **last)
        self._add("Mul", [f"{short}.most", step], f"{short}.steps")
        self._add("Add", [f"{short}.steps", least], f"{short}.scale")
        self._add("Reshape", [f"{short}.scale", line], f"{short}.scales")
        self._add("Shape", [f"{short}.scales"], f"{short}.rows")
        self._add("ConstantOfShape", [f"{short}.rows"], f"{short}.zeros", value=self._zero)
        self._add("Reshape", [tokens, flat], f"{short}.flat")
        whole = [f"{short}.flat", f"{short}.scales", f"{short}.zeros"]
        self._add("QuantizeLinear", whole, f"{short}.line", axis=0)
        self._add("Shape", [tokens], f"{short}.shape")
        self._add("Reshape", [f"{short}.line", f"{short}.shape"], f"{short}.int8")
        return short

    def _lookup(self, node: Any, table: NDArray[np.float32]) -> None:
        """Look rows of a table up in 8 bits, each row with its scale."""
        name, which = node.input
        whole, scales = _in_steps(table, axis=1, steps=_TABLE_STEPS)
        row, scale = f"{node.output[0]}.row", f"{node.output[0]}.row_scale"
        self._add("Gather", [self._constant(f"{name}.int8", whole), which], row)
        self._add("Gather", [self._constant(f"{name}.scales", scales), which], scale)
        self._add("Cast", [row], f"{row}.real", to=1)  # 1: float32
        self._add("Mul", [f"{row}.real", scale], node.output[0])

    def _add(self, kind: str, inputs: Iterable[str], output: str, **more: Any) -> None:
        self._nodes.append(self._node(kind, list(inputs), [output], **more))

    def _constant(self, name: str, value: Any) -> str:
        if name not in self._new:
            self._new[name] = self._number(np.asarray(value), name)
        return name


def _in_steps(
    weights: NDArray[np.float32], *, axis: int, steps: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round weights to whole steps; the largest along the axis is the outermost step."""
    scales = np.abs(weights).max(axis=axis, keepdims=True) / steps
    scales[scales == 0] = 1
    return np.rint(weights / scales).astype(np.int8), scales.astype(np.float32)
