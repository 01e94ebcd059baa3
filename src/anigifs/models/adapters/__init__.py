"""Backbones of other libraries behind `models.base.VideoModel`; each library is optional."""
