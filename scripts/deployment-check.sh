#!/usr/bin/env bash
# Carries out docs/deployment.md on one machine: PostgreSQL, Temporal's server on it, a worker, and a run that is paused,
# backed up, restored into empty databases and resumed. Everything is in a temporary folder and on 127.0.0.1.
# Needs Linux, Go, PostgreSQL's programs, Temporal's command line (`optimas setup` fetches it) and `npm run build`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(mktemp -d)
chmod 755 "$folder"
cd "$folder"
mkdir bin cluster dumps project
cli=$(command -v temporal || find "${OPTIMAS_CACHE_DIR:-$HOME/.cache/optimas}/temporal" -name temporal -type f | head -n 1)
programs=$(dirname "$(command -v initdb || find /usr/lib/postgresql -name initdb | sort -V | tail -n 1)")
export PATH="$folder/bin:$programs:$PATH"

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
optimas() { (cd "$folder/project" && node "$root/bin/optimas.js" "$@"); }
retry() { for _ in $(seq 30); do "$@" && return; sleep 2; done; return 1; }
step() { printf '\n== %s\n' "$*"; }
end() { [ -z "${1:-}" ] || { kill "$1" 2> /dev/null && wait "$1"; } || true; }
finish() {
  status=$?
  end "${worker:-}"
  end "${server:-}"
  as_postgres "$programs/pg_ctl" -D cluster/data -m fast -w stop > /dev/null 2>&1 || true
  cd / && rm -rf "$folder"
  exit "$status"
}
trap finish EXIT

step 'PostgreSQL'
[ "$(id -u)" != 0 ] || chown postgres cluster
as_postgres "$programs/initdb" -D cluster/data -U admin --auth-local=trust --auth-host=scram-sha-256 > /dev/null
as_postgres "$programs/pg_ctl" -D cluster/data -l cluster/log -w \
  -o "-p 15432 -k $folder/cluster -c listen_addresses=127.0.0.1" start > /dev/null
admin=(-h "$folder/cluster" -p 15432 -U admin)
for role in temporal optimas; do
  psql "${admin[@]}" -d postgres -qc "create role $role login password 'check-$role'"
done
make_databases() {
  createdb "${admin[@]}" --owner=temporal temporal
  createdb "${admin[@]}" --owner=temporal temporal_visibility
  createdb "${admin[@]}" --owner=optimas optimas
}
make_databases

step "Temporal's schema"
GOBIN="$folder/bin" go install go.temporal.io/server/cmd/server@v1.32.0 go.temporal.io/server/cmd/tools/sql@v1.32.0
mv bin/server bin/temporal-server && mv bin/sql bin/temporal-sql-tool
export SQL_PLUGIN=postgres12 SQL_HOST=127.0.0.1 SQL_PORT=15432 SQL_USER=temporal SQL_PASSWORD=check-temporal
temporal-sql-tool --database temporal setup-schema -v 0.0
temporal-sql-tool --database temporal update-schema --schema-name postgresql/v12/temporal
temporal-sql-tool --database temporal_visibility setup-schema -v 0.0
temporal-sql-tool --database temporal_visibility update-schema --schema-name postgresql/v12/visibility

step "Temporal's server"
printf 'limit.maxIDLength:\n  - value: 255\n' > dynamic.yaml
export TEMPORAL_ADDRESS=127.0.0.1:17233 TEMPORAL_NAMESPACE=optimas
start_server() {
  DB=postgres12 POSTGRES_SEEDS=127.0.0.1 DB_PORT=15432 POSTGRES_USER=temporal POSTGRES_PWD=check-temporal \
    DBNAME=temporal VISIBILITY_DBNAME=temporal_visibility NUM_HISTORY_SHARDS=4 BIND_ON_IP=127.0.0.1 \
    FRONTEND_GRPC_PORT=17233 FRONTEND_HTTP_PORT=17243 DYNAMIC_CONFIG_FILE_PATH="$folder/dynamic.yaml" LOG_LEVEL=warn \
    temporal-server --allow-no-auth start > server.log 2>&1 &
  server=$!
  retry "$cli" operator cluster health --address "$TEMPORAL_ADDRESS"
}
start_server || { tail -n 30 server.log; exit 1; }
"$cli" operator namespace create --address "$TEMPORAL_ADDRESS" --namespace optimas --retention 720h

step 'Optimas'
export DATABASE_URL=postgres://optimas@127.0.0.1:15432/optimas PGPASSWORD=check-optimas
cat > project/optimas.config.ts << CONFIG
import { defineConfig } from 'optimas';
import { chain } from '$root/dist/systems/synthetic';
const least = { preferenceInputs: 6, adaptationInputs: 2, candidatesPerInput: 3, rolloutsPerCandidate: 1, proposals: 4 };
const few = { rankingInputs: 2, finalists: 1, validationExamples: 8, testExamples: 8, alpha: 0.5, patience: 100 };
export default defineConfig({
  systems: [chain({ examples: { train: 60, validation: 40, test: 20 } }).system],
  endpoints: { none: { baseURL: 'http://127.0.0.1:9/v1', models: { small: {}, large: {} } } },
  encoder: 'hashed-ngrams',
  database: process.env.DATABASE_URL,
  temporal: { taskQueue: 'deployment-check' },
  optimization: { iterations: 60, ...least, ...few },
});
CONFIG
retry optimas setup # The server serves a new namespace a few seconds after it was made.
run=$(optimas start --yes)
start_worker() {
  (cd project && exec node "$root/bin/optimas.js" worker) > worker.log 2>&1 &
  worker=$!
}
start_worker
sleep 20
optimas status "$run"
optimas pause "$run" --reason backup

step 'backup: Temporal first, then Optimas'
end "$worker" && end "$server" && worker='' && server=''
for name in temporal temporal_visibility optimas; do
  pg_dump "${admin[@]}" --format=custom --file="dumps/$name.dump" "$name"
done

step 'restore into empty databases'
for name in temporal temporal_visibility optimas; do dropdb "${admin[@]}" "$name"; done
make_databases
for name in temporal temporal_visibility optimas; do
  pg_restore "${admin[@]}" --dbname="$name" --exit-on-error "dumps/$name.dump"
done
start_server || { tail -n 30 server.log; exit 1; }
start_worker
retry optimas resume "$run"
optimas watch "$run"
psql "${admin[@]}" -d optimas -Atc 'select count(*) as left_reserved from reservations' | grep -qx 0
echo 'deployment check: passed'
