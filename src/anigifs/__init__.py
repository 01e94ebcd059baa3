"""Build and benchmark animated-GIF action datasets; measure and close the video-to-GIF gap."""

__version__ = "0.1.0"
