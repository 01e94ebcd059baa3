"""Weights made elsewhere: read a file, translate its names, fit it to a model or say why not."""

from anigifs.models.checkpoints.fit import Fitted as Fitted
from anigifs.models.checkpoints.fit import load_checkpoint as load_checkpoint
from anigifs.models.checkpoints.fit import save_weights as save_weights
