"""Make tests/media/tiny_tone_model: a whole model folder of ten kilobytes, weights set by hand.

Words of praise and of blame count the more the nearer they stand to the target; nothing is
learned. Run again when the features of an article change:
.venv/bin/python tests/media/make_tiny_tone_model.py (needs onnx, of the extra "training").
"""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).with_name("tiny_tone_model")
REACH = 6.0  # tokens after which a word counts a third
STRENGTH = 4.0
NEUTRAL = 1.0
LONGEST = 48
TEMPERATURE = 1.25
MARKS = ("[T]", "[/T]")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *MARKS)
PRAISE = (
    "praised praise thanked thanks honored honoured saved rescued commended applauded award "
    "awarded medal hero heroes heroic brave bravely courage credited welcomed trusted trust "
    "improved helped professional excellent best lauded celebrated quick calm kind grateful"
)
BLAME = (
    "accused accuses blamed blame sued lawsuit misconduct brutality abuse abused beat beaten "
    "corrupt corruption lied lying failed failure racist excessive unlawful wrongly illegal "
    "fired suspended indicted convicted charged criticized criticised complaint complaints "
    "violated ignored bungled worst negligent harassed harassment perjury settlement slow"
)
COMMON = (
    "a about after again against all an and any are around as asked at back be because been "
    "before being between but by call called came car case chief citizen city claims community "
    "council county court crash crime day deadly department deputies deputy did died do does "
    "down during each east eight end every family federal few fire five for former found four "
    "from gave had has have he her him his home hospital house how i if in into is it its jail "
    "judge jury just last late man may mayor meeting men monday month more most mother mr mrs "
    "near neighbors neighborhood never new night no north not now of off office officer "
    "officers on one only or other our out over own park people place police program "
    "prosecutor prosecutors public reported residents responded response review said says "
    "school scene second seven several she sheriff shooting shot six so some south state "
    "station still store street suspect than that the their them then there they thing this "
    "those three through time to told town tuesday two under union until up victim was we week "
    "well went were west what when where which while who will with woman women work would year "
    "years yesterday you young arrested killed murder murdered body dead gun robbery stolen "
    "wounded injured fatal drug drugs traffic stop search force use of training patrol record"
)
PIECES = ("##s", "##d", "##ed", "##ing", "##ly", ".", ",", "'", '"', "-", "!", "?", ":", ";", "é")


def vocabulary() -> dict[str, int]:
    """The tokens in the order of their numbers."""
    words = [*SPECIAL, *PRAISE.split(), *BLAME.split(), *COMMON.split(), *PIECES, *"0123456789"]
    return {word: number for number, word in enumerate(dict.fromkeys(words))}


def write_tokenizer(path: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

    words = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False, lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(
        [AddedToken(word, special=True, normalized=False) for word in SPECIAL]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", words["[CLS]"]), ("[SEP]", words["[SEP]"])],
    )
    tokenizer.save(str(path), pretty=False)


def word_scores() -> np.ndarray:
    """Blame and praise of each token, shape (tokens, 2)."""
    words = vocabulary()
    scores = np.zeros((len(words), 2), dtype=np.float32)
    for column, listed in enumerate((BLAME, PRAISE)):
        scores[[words[word] for word in listed.split()], column] = 1
    return scores


def write_encoder(path: Path) -> None:
    from onnx import TensorProto, checker, helper, numpy_helper, save

    def fixed(name: str, value: object, kind: type = np.float32) -> object:
        return numpy_helper.from_array(np.asarray(value, dtype=kind), name)

    n = helper.make_node
    nodes = [
        n("Cast", ["mask"], ["real"], to=TensorProto.FLOAT),
        n("CumSum", ["real", "tokens_axis"], ["place"]),
        n("Mul", ["target", "place"], ["target_places"]),
        n("ReduceSum", ["target_places", "axes"], ["sum_of_places"]),
        n("ReduceSum", ["target", "axes"], ["length"]),
        n("Div", ["sum_of_places", "length"], ["centre"]),
        n("Sub", ["place", "centre"], ["signed"]),
        n("Abs", ["signed"], ["distance"]),
        n("Mul", ["distance", "fade"], ["faded"]),
        n("Exp", ["faded"], ["nearness"]),
        n("Mul", ["nearness", "real"], ["weight"]),
        n("Unsqueeze", ["weight", "last"], ["weights"]),
        n("Gather", ["scores", "ids"], ["of_tokens"]),
        n("Mul", ["of_tokens", "weights"], ["weighted"]),
        n("ReduceSum", ["weighted", "axes"], ["summed"], keepdims=0),
        n("MatMul", ["summed", "out"], ["raw"]),
        n("Add", ["raw", "bias"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "t"]),
            helper.make_tensor_value_info("mask", TensorProto.INT64, ["b", "t"]),
            helper.make_tensor_value_info("target", TensorProto.FLOAT, ["b", "t"]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", 3])],
        [
            fixed("tokens_axis", 1, np.int64),
            fixed("axes", [1], np.int64),
            fixed("last", [2], np.int64),
            fixed("fade", -1 / REACH),
            fixed("scores", word_scores()),
            fixed("out", [[STRENGTH, 0, 0], [0, 0, STRENGTH]]),
            fixed("bias", [0, NEUTRAL, 0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, path)


def write_article_head(path: Path) -> None:
    """What speaks of blame leads to negative, what speaks of praise to positive, by its name."""
    names = ["title_negative", "title_positive", "lead_negative", "lead_positive"]
    if find_spec("outcomes.media.tone_models.article_features"):
        from outcomes.media.tone_models.article_features import FEATURES

        names = list(FEATURES)
    means = [0.2 if "negative" in name or "positive" in name else 0.0 for name in names]
    signs = {
        word: [1.0 if word in name else 0.0 for name in names] for word in ("negative", "positive")
    }
    head = {
        "version": 1,
        "features": names,
        "mean": means,
        "scale": [1.0] * len(names),
        "coefficients": [signs["negative"], [0.0] * len(names), signs["positive"]],
        "intercept": [-0.5, 0.5, -0.5],
    }
    path.write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")


def write_model_card(folder: Path) -> None:
    files = ("encoder.onnx", "tokenizer.json", "article.json")
    card = {
        "format": 1,
        "name": "tiny",
        "version": "1",
        "made_on": "2026-11-22",
        "base": "none: weights set by hand, for tests",
        "licence": "MIT",
        "longest": LONGEST,
        "temperature": TEMPERATURE,
        "material": [],
        "recipe": {"reach": REACH, "strength": STRENGTH},
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
        "figures": {},
    }
    (folder / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_tokenizer(FOLDER / "tokenizer.json")
    write_encoder(FOLDER / "encoder.onnx")
    write_article_head(FOLDER / "article.json")
    write_model_card(FOLDER)


if __name__ == "__main__":
    main()
