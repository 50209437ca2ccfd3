"""The server that the other tests use."""

import psycopg

from tests.postgres import NewDatabase, new_server


def test_a_database_that_was_given_back_is_empty(new_database: NewDatabase, postgres) -> None:
    address = new_database()
    with psycopg.connect(address) as connection:
        connection.execute("CREATE SCHEMA claimdesk CREATE TABLE t (n int)")
    postgres.give_back(address)
    with psycopg.connect(postgres.new_database()) as again:
        found = again.execute("SELECT to_regnamespace('claimdesk'), extversion FROM pg_extension")
        assert found.fetchall()[-1][0] is None


def test_a_replica_takes_over_from_a_server_that_was_killed() -> None:
    server = new_server()
    replica = server.replica()
    with psycopg.connect(server.address(), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    server.kill()
    server.start()
    with psycopg.connect(server.address()) as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(7,)]
    replica.promote()
    with psycopg.connect(replica.address(), autocommit=True) as connection:
        connection.execute("CREATE TABLE u (n int)")
    replica.remove()
    server.remove()
