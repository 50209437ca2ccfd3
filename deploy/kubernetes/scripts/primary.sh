#!/bin/sh
# Prepares the database for claimdesk and for replicas. The image's entry point runs it once, when
# the server is created. CLAIMDESK_PASSWORD: of the role `claimdesk`, which owns the database and nothing
# else. REPLICATION_PASSWORD: of the role `replica`.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set password="$CLAIMDESK_PASSWORD" --set replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE claimdesk WITH LOGIN PASSWORD :'password';
CREATE ROLE replica WITH REPLICATION LOGIN PASSWORD :'replication';
CREATE DATABASE claimdesk OWNER claimdesk;
\connect claimdesk
CREATE EXTENSION IF NOT EXISTS vector;
SQL
echo "host replication replica all scram-sha-256" >> "$PGDATA/pg_hba.conf"
