#!/bin/sh
# Copies the primary's database, if there is no copy yet, then replicates it and answers searches.
# PGHOST, PGPASSWORD: the primary, and the password of the role `replica`.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # The slot keeps the WAL that the replica has not read yet, up to the primary's max_slot_wal_keep_size.
    slot=$(hostname | tr 'A-Z' 'a-z' | tr -c 'a-z0-9\n' '_')
    until pg_isready --quiet --username replica; do sleep 1; done
    pg_receivewal --username replica --drop-slot --slot "$slot" 2> /dev/null || true
    # A copy that was cut off must not be taken for a complete one.
    rm -rf "$PGDATA.new"
    pg_basebackup --username replica --pgdata "$PGDATA.new" --wal-method stream \
        --checkpoint fast --create-slot --slot "$slot" --write-recovery-conf
    chmod 700 "$PGDATA.new"
    rm -rf "$PGDATA"
    mkdir -p "$(dirname "$PGDATA")"
    mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA" "$@"
