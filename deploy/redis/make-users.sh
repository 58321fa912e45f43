#!/bin/sh
# Prints an ACL file for Redis: a template of this folder with the hashes of your passwords in it.
#
#   sh make-users.sh SECRETS_DIR > /etc/redis/users.acl              Redis 7 and Valkey
#   sh make-users.sh SECRETS_DIR users-6.2.acl > …                   Redis 6.2
#
# SECRETS_DIR has a file redis-ROLE-password for each role that is used: redis-worker-password for the user jetsms-worker.
# Each line of it is a password; two are good at the same time while one is being replaced. A user without a file is left
# out. JETSMS_PREFIX, where it is set, takes the place of the prefix {jetsms}. For a Redis Cluster set JETSMS_REDIS_CLUSTER=true:
# there each account has a prefix of its own, such as {jetsms.bank}. Nothing is printed unless all is well, and no
# password ever is.
set -eu

usage='usage: sh make-users.sh SECRETS_DIR [TEMPLATE]'
secrets=${1:?$usage}
template=${2:-users.acl}
case $template in */*) ;; *) template=$(dirname "$0")/$template ;; esac

fail() {
  echo "make-users: $1" >&2
  exit 1
}

# The hashes of the passwords in a file, as Redis writes them: #HASH #HASH
hashes() {
  found=
  while IFS= read -r password || [ -n "$password" ]; do
    password=$(printf %s "$password" | tr -d '\r')
    [ -n "$password" ] || continue
    [ "${#password}" -ge 16 ] || fail "$1 has a password of less than 16 characters"
    found="$found #$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)"
  done <"$1"
  [ -n "$found" ] || fail "$1 is empty"
  printf %s "${found# }"
}

[ -r "$template" ] || fail "$template cannot be read"
users=
made=0
while IFS= read -r line; do
  case $line in
    *'#SHA256-OF-'*)
      user=${line#user }
      user=${user%% *}
      file=$secrets/redis-${user#jetsms-}-password
      if [ ! -e "$file" ]; then
        echo "make-users: there is no $file: $user is left out" >&2
        continue
      fi
      [ -r "$file" ] || fail "$file cannot be read"
      of_user=$(hashes "$file") || exit 1
      line="${line%%#SHA256-OF-*}$of_user ${line#*#SHA256-OF-* }"
      made=$((made + 1))
      ;;
  esac
  users="$users$line
"
done <"$template"
[ "$made" -gt 0 ] || fail "$secrets has no file redis-ROLE-password"

prefix=${JETSMS_PREFIX:-"{jetsms}"}
accounts=
if [ "${JETSMS_REDIS_CLUSTER:-}" = true ]; then
  case $prefix in *"{"?*"}"*) ;; *) prefix="{$prefix}" ;; esac
  # What stands in the braces, and behind it a point and the name of an account.
  accounts="${prefix%%\}*}.*}${prefix#*\}}:"
fi

# Word for word, whatever characters the prefix has; in a cluster each pattern a second time, for the keys of accounts.
printf %s "$users" | OLD='{jetsms}:' NEW="$prefix:" ACCOUNTS="$accounts" awk '
  {
    line = ""
    words = split($0, word, " ")
    for (i = 1; i <= words; i++) {
      whole = word[i]
      if ((at = index(whole, ENVIRON["OLD"])) > 0) {
        before = substr(whole, 1, at - 1)
        behind = substr(whole, at + length(ENVIRON["OLD"]))
        pattern = behind
        sub(/\)+$/, "", pattern)
        whole = before ENVIRON["NEW"] behind
        if (ENVIRON["ACCOUNTS"] != "") {
          twice = before
          gsub(/^\(+/, "", twice)
          whole = before ENVIRON["NEW"] pattern " " twice ENVIRON["ACCOUNTS"] behind
        }
      }
      line = line (i > 1 ? " " : "") whole
    }
    print line
  }'
