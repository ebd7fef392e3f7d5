"""How the gRPC server is set up, read from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.environment import StrictEnv


@dataclass(frozen=True, slots=True)
class GrpcOptions:
    """Where it listens and with what; without a certificate it speaks in the clear."""

    host: str
    port: int
    threads: int
    certificate: Path | None
    key: Path | None
    reflection: bool

    @property
    def address(self) -> str:
        """Where it listens, as gRPC writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_grpc_options(env: StrictEnv) -> GrpcOptions:
    """Return the options. Raises: ImproperlyConfigured with what is wrong."""
    certificate, key = env.str("GRPC_TLS_CERT", default=""), env.str("GRPC_TLS_KEY", default="")
    if bool(certificate) != bool(key):
        raise ImproperlyConfigured("GRPC_TLS_CERT and GRPC_TLS_KEY go together: name both files.")
    return GrpcOptions(
        host=env.str("GRPC_HOST", default="127.0.0.1"),
        port=env.int("GRPC_PORT", default=50051),
        threads=max(1, env.int("GRPC_THREADS", default=8)),
        certificate=Path(certificate) if certificate else None,
        key=Path(key) if key else None,
        reflection=env.bool("GRPC_REFLECTION", default=True),
    )
