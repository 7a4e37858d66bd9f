# Sourced: how a process of the control plane is started and waited for.
declare -A pids

die() { echo "e2e: $*" >&2; exit 1; }

log_of() { echo "$REM_E2E_CACHE/logs/$1.log"; }

# start NAME COMMAND...: in the background, with a log.
start() {
  local name=$1; shift
  "$@" > "$(log_of "$name")" 2>&1 < /dev/null 9>&- &
  pids[$name]=$!
}

# ready NAME COMMAND...: waits until the command succeeds; ten minutes are more than a busy machine takes.
ready() {
  local name=$1 end=$((SECONDS + 600)) why=; shift
  until "$@" > /dev/null 2>&1; do
    kill -0 "${pids[$name]}" 2> /dev/null || why='has stopped'
    [ $SECONDS -lt $end ] || why='is not ready in time'
    if [ -n "$why" ]; then tail -n 5 "$(log_of "$name")" >&2; die "$name $why; its log is $(log_of "$name")"; fi
    sleep 0.2
  done
}
