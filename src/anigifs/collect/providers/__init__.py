"""Where animations are looked for: one file a provider, one table of names."""

from anigifs.collect.providers.base import PROVIDERS, Provider, ProviderConfig, build_provider

__all__ = ["PROVIDERS", "Provider", "ProviderConfig", "build_provider"]
