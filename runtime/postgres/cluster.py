"""The embedded server as its users see it: start, connect, stop."""

import time
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote, urlencode

from runtime.postgres import locks
from runtime.postgres.account import Account, server_account
from runtime.postgres.binaries import Binaries, find_binaries
from runtime.postgres.configuration import configure, server_settings
from runtime.postgres.initialise import initialise
from runtime.postgres.passwords import password_of
from runtime.postgres.place import POINTER, Place, find_place, make_folder
from runtime.postgres.postmaster import PAUSE, Postmaster, clear_remains, running
from runtime.progress import Once, Tell, silent
from runtime.refused import StartRefused
from runtime.settings import Settings

SUPERUSER: Final = "postgres"
START_LIMIT: Final = 300  # seconds: recovery after a crash may take long, and is not a failure
STOP_LIMIT: Final = 60


class Cluster:
    """An embedded PostgreSQL that several processes may share; the last to leave stops it."""

    def __init__(self, data_dir: Path, place: Place, account: Account, binaries: Binaries) -> None:
        self._data_dir = data_dir
        self._place = place
        self._account = account
        self._binaries = binaries
        self._share: locks.Share | None = None
        self._server: Postmaster | None = None

    @classmethod
    def start(cls, settings: Settings, *, tell: Tell = silent) -> Self:
        """Start the server of the data directory, or join the one that runs; blocks.

        What it does is told line by line. Raises `StartRefused` with what to do about it.
        """
        data_dir = settings.data_dir
        account = server_account(data_dir, data_dir / POINTER / "cluster")
        place = find_place(data_dir, settings.state_dir, account, tell=tell)
        binaries = find_binaries(
            settings.pg_bin, account=account, copies=place.binaries, cluster=place.cluster
        )
        cluster = cls(data_dir, place, account, binaries)
        cluster._join(settings.pg_port, tell)
        return cluster

    @property
    def pid(self) -> int:
        """The process number of the server."""
        assert self._server is not None
        return self._server.pid

    def dsn(self, database: str, role: str = SUPERUSER) -> str:
        """The URL under which a role reaches a database over the local socket."""
        assert self._server is not None, "the cluster has been stopped"
        secret = quote(password_of(role, self._data_dir), safe="")
        socket = urlencode({"host": self._server.sockets, "port": self._server.port})
        return f"postgresql://{quote(role)}:{secret}@/{quote(database)}?{socket}"

    def password(self, role: str) -> str:
        """The role's password, made at the first asking."""
        return password_of(role, self._data_dir)

    def stop(self) -> None:
        """Leave the server, and stop it if nobody else uses it; the data stay."""
        if self._share is None:
            return
        share, self._share = self._share, None
        with locks.alone(self._place.starting, waiting=lambda: None):
            if share.is_last() and running(self._place.cluster):
                self._control("stop", "-m", "fast", "-t", str(STOP_LIMIT))
            share.release()
        self._server = None

    def _join(self, port: int | None, tell: Tell) -> None:
        busy = "another process is starting or stopping the database: waiting"
        with locks.alone(self._place.starting, waiting=lambda: tell(busy)):
            share = locks.Share.of(self._place.users)
            try:
                self._server = self._found(tell) or self._launched(port, tell)
            except BaseException:
                share.release()
                raise
            self._share = share

    def _found(self, tell: Tell) -> Postmaster | None:
        """The running server once it answers; nothing if it is stopping, or not there."""
        deadline = time.monotonic() + START_LIMIT
        said = Once(tell)
        while server := running(self._place.cluster):
            if server.status == "ready":
                return server
            said("the database is starting or stopping: waiting")
            if time.monotonic() > deadline:
                raise StartRefused(f"the server (process {server.pid}) is not getting ready")
            time.sleep(PAUSE)
        return None

    def _launched(self, port: int | None, tell: Tell) -> Postmaster:
        cluster, sockets = self._place.cluster, self._place.sockets()
        for folder in (sockets, self._place.start_log.parent):
            make_folder(folder, self._account)
        if not cluster.is_dir():
            tell("initialising the database (first start)")
            secret = password_of(SUPERUSER, self._data_dir)
            initialise(cluster, self._binaries, self._account, password=secret)
        if Postmaster.noted(cluster):
            tell("recovering the database (it was not stopped in order)")
            clear_remains(cluster, sockets)
        settings = server_settings(self._binaries, sockets=sockets, port=port)
        configure(self._place.configuration, settings)
        tell("starting the database")
        self._place.start_log.unlink(missing_ok=True)
        self._control("start", "-t", str(START_LIMIT), "-l", self._place.start_log)
        if (server := running(cluster)) is None:
            raise StartRefused(f"the database ended at once: {self._last_words()}")
        return server

    def _control(self, *command: str | Path) -> None:
        verb, *options = command
        done = self._account.run(
            self._binaries / "pg_ctl", verb, "-w", "-s", "-D", self._place.cluster, *options
        )
        if done.returncode and (verb == "start" or running(self._place.cluster)):
            said = done.stderr.strip() or done.stdout.strip()
            raise StartRefused(f"pg_ctl {verb} failed: {said} {self._last_words()}")

    def _last_words(self) -> str:
        """The end of what the server said, read with no more rights than the server has."""
        logs = [self._place.start_log, *sorted((self._place.cluster / "log").glob("*.log"))[-1:]]
        return self._account.run("tail", "-q", "-n", "8", *logs).stdout.strip()
