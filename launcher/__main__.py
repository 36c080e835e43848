"""The entry point: the version is answered before anything is imported."""

import sys


def main() -> int:
    """The exit code of the command line that this process was started with."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from launcher import __version__

        sys.stdout.write(f"vibecode {__version__}\n")
        return 0
    from time import monotonic

    started = monotonic()
    try:
        from launcher import cli

        return cli.main(arguments, started=started)
    except KeyboardInterrupt:  # before the command has begun
        return 130


if __name__ == "__main__":
    sys.exit(main())
