#!/bin/bash
# At the first start of an empty PostgreSQL: one database and one role per service, and none may look into another's.
set -euo pipefail
for service in intake workflow payments notify; do
  password="${service^^}_DATABASE_PASSWORD"
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=service="$service" --set=password="${!password}" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service" template template0 encoding 'UTF8' locale 'C';
revoke all on database :"service" from public;
SQL
done
