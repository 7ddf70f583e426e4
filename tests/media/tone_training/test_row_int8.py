from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.errors import OutcomesError
from outcomes.media.tone_training.row_int8 import write_row_int8

pytestmark = pytest.mark.usefixtures("training_parts")
WIDTH = 64
TABLE = 1200  # rows of the embeddings: enough to be worth it


def write_network(path: Path, *, product: bool = True) -> None:
    """Embeddings, two products of the same tokens, and one behind: an encoder in short."""
    from onnx import TensorProto, helper, numpy_helper, save

    rng = np.random.default_rng(5)
    draw = {
        "table": rng.normal(size=(TABLE, WIDTH)),
        "left": rng.normal(size=(WIDTH, WIDTH)),
        "right": rng.normal(size=(WIDTH, WIDTH)),
        "last": rng.normal(size=(WIDTH, 3)) / WIDTH,
    }
    draw["table"][7] *= 40  # one odd token, far larger than the others
    n = helper.make_node
    nodes = [n("Gather", ["table", "ids"], ["tokens"])]
    if product:
        nodes += [
            n("MatMul", ["tokens", "left"], ["a"]),
            n("MatMul", ["tokens", "right"], ["b"]),
            n("Mul", ["a", "b"], ["c"]),
            n("MatMul", ["c", "last"], ["logits"]),
        ]
    else:
        nodes.append(n("Identity", ["tokens"], ["logits"]))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "t"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "t", None])
    numbers = [
        numpy_helper.from_array(each.astype(np.float32), name) for name, each in draw.items()
    ]
    graph = helper.make_graph(nodes, "short", [ids], [logits], numbers)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, training_parts: None) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    write_network(folder / "float32.onnx")
    assert write_row_int8(folder / "float32.onnx", folder / "int8.onnx") == 3
    return Path(folder)


def run(path: Path, ids: Any) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"ids": np.asarray(ids, dtype=np.int64)})[0]


def test_it_says_nearly_the_same_in_a_quarter_of_the_size(written: Path) -> None:
    ids = np.random.default_rng(1).integers(8, TABLE, (20, 9))
    whole, small = (run(written / f"{name}.onnx", ids) for name in ("float32", "int8"))
    assert small.shape == whole.shape == (20, 9, 3)
    assert np.sqrt(((small - whole) ** 2).mean()) < 0.03 * whole.std()
    sizes = [(written / f"{name}.onnx").stat().st_size for name in ("float32", "int8")]
    assert sizes[1] < 0.32 * sizes[0]


def test_a_row_has_the_same_bits_whatever_stands_beside_it(written: Path) -> None:
    ids = np.random.default_rng(2).integers(8, TABLE, (20, 9))
    beside = ids.copy()
    beside[4:] = 7
    path = written / "int8.onnx"
    assert np.array_equal(run(path, ids)[:4], run(path, beside)[:4])


def test_an_odd_token_does_not_coarsen_the_others(written: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    usual = written / "usual.onnx"
    quantize_dynamic(
        str(written / "float32.onnx"), str(usual), weight_type=QuantType.QInt8, per_channel=True
    )
    ids = np.random.default_rng(3).integers(8, TABLE, (6, 9))
    ids[:, 0] = 7
    whole = run(written / "float32.onnx", ids)[:, 1:]
    errors = [
        float(np.sqrt(((run(path, ids)[:, 1:] - whole) ** 2).mean()))
        for path in (usual, written / "int8.onnx")
    ]
    assert errors[1] < errors[0] / 5


def test_weights_keep_within_what_older_processors_can_add(written: Path) -> None:
    import onnx

    model = onnx.load(written / "int8.onnx")
    numbers = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == 3
    for node in products:
        weights = numbers[node.input[1]]
        assert weights.dtype == np.int8
        assert 2 * 255 * int(np.abs(weights.astype(int)).max()) < 2**15


def test_the_float32_weights_are_gone(written: Path) -> None:
    import onnx

    model = onnx.load(written / "int8.onnx")
    names = {one.name for one in model.graph.initializer}
    assert not names & {"table", "left", "right", "last"}
    onnx.checker.check_model(onnx.load(written / "float32.onnx"))


def test_an_encoder_without_large_weights_is_refused(tmp_path: Path) -> None:
    write_network(tmp_path / "none.onnx", product=False)
    with pytest.raises(OutcomesError, match="no matrices of weights"):
        write_row_int8(tmp_path / "none.onnx", tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()
