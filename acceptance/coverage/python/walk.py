"""Goes from route to route: each step calls one and looks at the answer, and what came of it is a line on standard output."""

import json
import time
import traceback

import plivo

# Below the account, as sdk-routes.json writes it.
A = "/v1/Account/{auth_id}"

failed = []


def step(route):
    """Decorates what is to be done for a route, and does it at once. The name then stands for what it made, None when it failed."""

    def decorate(run):
        try:
            made = run()
        except Exception as error:  # whatever an SDK raises
            failed.append(route)
            where = traceback.extract_tb(error.__traceback__)[-1]
            say(route=route, ok=False, error=f"{type(error).__name__}: {error} ({where.name}:{where.lineno}: {where.line})")
            return None
        say(route=route, ok=True)
        return made

    return decorate


def part(run):
    """A part that cannot begin tells of none of its routes."""
    try:
        run()
    except Exception:
        failed.append(run.__name__)
        traceback.print_exc()


def say(**line):
    print(json.dumps(line), flush=True)


def given(value, what):
    """What an earlier step made."""
    if value is None:
        raise AssertionError(f"there is no {what}: an earlier step failed")
    return value


def equal(seen, wanted):
    assert seen == wanted, f"{seen!r} is not {wanted!r}"


def eventually(what, probe, seconds=10):
    """Polls until probe() is true and gives back what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"within {seconds} s there was no {what}"
        time.sleep(0.05)


def becomes(what, wanted, look):
    seen = [None]

    def probe():
        seen[0] = look()
        return seen[0] == wanted

    try:
        eventually(f"{what} {wanted}", probe)
    except AssertionError as error:
        raise AssertionError(f"{error}; it is {seen[0]}") from None


def or_none(look):
    """What is there, None for a 404."""
    try:
        return look()
    except plivo.exceptions.ResourceNotFoundError:
        return None


def none_listed(look):
    """What a list has, nothing for a 404: the SDK's typed lists raise AttributeError then, having found no `objects`."""
    try:
        return list(look())
    except AttributeError:
        return []


def gone(look):
    """@raises when something is there"""
    try:
        answer = look()
    except plivo.exceptions.ResourceNotFoundError:
        return
    raise AssertionError(f"it is still there: {answer}")


