"""Screening: is it an animation that people should look at? Named checks, each with a reason."""
