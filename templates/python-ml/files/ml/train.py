"""`python -m ml.train` learns, judges, and keeps the model with its metrics."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

import joblib

from ml import logs
from ml.data import load, split
from ml.model import fit, judge

FOLDER = Path("model")
logger = logging.getLogger(__name__)


def train(folder: Path = FOLDER) -> dict[str, float]:
    """Writes `model.joblib` and `metrics.json` into the folder; answers the metrics."""
    learn, held_back = split(load())
    logger.info("Learning from %d wines, judged by %d", len(learn), len(held_back))
    model = fit(learn)
    metrics = asdict(judge(model, learn, held_back))
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2), encoding="utf-8")
    logger.info("Kept in %s: %s", folder, json.dumps(metrics))
    return metrics


if __name__ == "__main__":
    logs.configure()
    train()
