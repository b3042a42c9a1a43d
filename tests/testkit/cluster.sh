# Starts a private PostgreSQL cluster, says "ready", and removes it when the run ends.
# $1 folder with the binaries, $2 new folder of the cluster, $3 process of the run.
set -eu
bin=$1 folder=$2 run=$3
# The server's socket is for its owner and root alone: there is no password.
mkdir -m 711 "$folder"
# An ICU locale, so that a list whose order depends on the locale is found out.
"$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync \
    --locale-provider=icu --icu-locale=en-US >"$folder/initdb.log" 2>&1
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
unix_socket_permissions = 0700
fsync = off
full_page_writes = off
max_connections = 200
CONF
"$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w start >/dev/null
echo ready
exec >/dev/null
while [ -e "/proc/$run" ]; do sleep 1; done
"$bin/pg_ctl" -D "$folder/data" -m immediate stop
rm -rf "$folder"
