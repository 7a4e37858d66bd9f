#!/usr/bin/env bash
# Logs its arguments, and what the files among them hold; says what the next one in a pipe needs.
log="$FAKES/calls/$$-${0##*/}"
{ printf '%s\0' "${0##*/}" "$@"; } > "$log"
for word in "$@"; do
  case "$word" in
    --from-file=*=/dev/fd/*) cat "${word##*=}" > "$FAKES/given/$$-${word//[^a-zA-Z0-9]/_}" ;;
    @/dev/fd/*) cat "${word#@}" > "$FAKES/given/$$-header" ;;
    *=file:///dev/stdin|--filename=-) cat > "$FAKES/given/$$-stdin" ;;
    --output=jsonpath=*ADMIN*) printf %s "$HELD" | base64 ;;
    --dry-run=client) printf 'an object' ;;
    --join-output) cat ;;
    namespace/*) exit 1 ;;
    http://127.0.0.1:6006/v1/system/api_keys) printf 'a new key' ;;
  esac
done
