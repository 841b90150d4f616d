"""The address under which the service was reached: links in its answers begin with it."""

from starlette.requests import Request


def reached_at(public_url: str, request: Request) -> str:
    """*public_url*, or where nobody has set one the host that was asked; without a slash at the end."""
    return public_url or str(request.base_url).rstrip("/")
