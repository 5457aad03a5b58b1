"""python score-with-onnxruntime.py ARTEFACT FEATURES REWARDS: scores raw float32 features [n, d] with an artefact, as
anyone would who has nothing but the file. Writes the reward and each member's [n, 1 + members]."""

import sys

import numpy
import onnxruntime

artefact, features, rewards = sys.argv[1:]
session = onnxruntime.InferenceSession(artefact, providers=["CPUExecutionProvider"])
(given,) = session.get_inputs()
rows = numpy.fromfile(features, dtype="<f4").reshape(-1, given.shape[1])
reward, each = session.run(["reward", "rewards"], {given.name: rows})
numpy.column_stack([reward, each]).astype("<f4").tofile(rewards)
