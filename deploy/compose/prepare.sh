#!/bin/sh
# Makes what docker-compose.yml needs and a machine can invent, and lists all that only you know. Run it again whenever you like:
# passwords that are there stay as they are; redis-users and redis-url-* follow them and deploy/redis.
#
#   sh deploy/compose/prepare.sh           makes .env and the secrets, then checks
#   sh deploy/compose/prepare.sh --check   only checks; makes nothing
#
# Ends with 0 when nothing is missing, else with 1 and one line for each thing.
set -eu
cd "$(dirname "$0")/../.."
umask 077

# Users of Redis: those of the services, those for apps (producer, producer-status, events), and one that may do all.
roles='worker dashboard gateway operator producer producer-status events admin'
required='JETSMS_URL JETSMS_USERNAME JETSMS_TITLE SECRETS_DIR'
missing=0

say_missing() {
  echo "missing: $1"
  missing=$((missing + 1))
}

# A variable as compose would see it: the shell's, else that of .env.
value_of() {
  eval "value=\${$1:-}"
  if [ -z "$value" ] && [ -f .env ]; then
    value=$(sed -n "s/^$1=//p" .env | tail -n 1 | sed 's/^"\(.*\)"$/\1/')
  fi
  printf '%s' "$value"
}

invent_password() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# Compose shows a secret to its container with the rights that it has here, and its user is another one there: the file is
# readable, the folder around it is not.
write_secret() {
  cat >"$secrets/$1"
  chmod 644 "$secrets/$1"
}

# The rights of each role, by deploy/redis, with the hashes of the passwords.
write_redis_users() {
  if ! sh deploy/redis/make-users.sh "$secrets" >"$secrets/redis-users.new" 2>"$secrets/said"; then
    cat "$secrets/said" >&2
    exit 1
  fi
  # For the health check of the container. It may do nothing else, so its password is no secret.
  echo 'user health on >health resetkeys resetchannels -@all +ping' >>"$secrets/redis-users.new"
  write_secret redis-users <"$secrets/redis-users.new"
  rm "$secrets/redis-users.new" "$secrets/said"
}

make_secrets() {
  mkdir -p "$secrets"
  for role in $roles; do
    if [ ! -s "$secrets/redis-$role-password" ]; then
      invent_password >"$secrets/redis-$role-password"
    fi
    # The first line counts; a second is the old password, while both are good.
    password=$(head -n 1 "$secrets/redis-$role-password")
    echo "redis://jetsms-$role:$password@redis:6379" | write_secret "redis-url-$role"
  done
  for name in dashboard-password grafana-password; do
    [ -s "$secrets/$name" ] || { invent_password && echo; } | write_secret "$name"
  done
  write_redis_users
  if [ -s "$secrets/jetsms-password" ]; then chmod 644 "$secrets/jetsms-password"; fi
}

mode=${1:-make}
case $mode in
  make) [ -f .env ] || cp deploy/compose/env.example .env ;;
  --check) ;;
  *) echo "$0: unknown argument $mode" >&2 && exit 2 ;;
esac

for name in $required; do
  [ -n "$(value_of "$name")" ] || say_missing "$name; set it in .env (what it means: deploy/compose/env.example)"
done

secrets=$(value_of SECRETS_DIR)
if [ -n "$secrets" ]; then
  [ "$mode" = --check ] || make_secrets
  [ -s "$secrets/jetsms-password" ] || say_missing "$secrets/jetsms-password; write the password of your JetSMS account into it"
  for name in redis-users dashboard-password grafana-password; do
    [ -s "$secrets/$name" ] || say_missing "$secrets/$name; sh deploy/compose/prepare.sh makes it"
  done
  for role in $roles; do
    [ -s "$secrets/redis-url-$role" ] || say_missing "$secrets/redis-url-$role; sh deploy/compose/prepare.sh makes it"
  done
fi

if [ "$missing" -gt 0 ]; then
  echo "$missing missing"
  exit 1
fi
echo 'nothing is missing: docker compose up --build -d'
