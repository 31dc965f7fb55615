# What the smoke commands of the builds are written with. Sourced, not run.

# says PATTERN IMAGE [ARGUMENT…]: the container's output has a line that matches.
says() {
  local pattern=$1 out
  shift
  out=$(docker run --rm --network host "$@" 2>&1) || { echo "$out" && return 1; }
  grep -q -e "$pattern" <<<"$out" || { echo "no $pattern in: $out" && return 1; }
}

# serves PORT PATH PATTERN IMAGE: the container answers within a minute, and what
# it answers has a line that matches.
serves() {
  local container answer ok=1
  container=$(docker run -d --network host "$4")
  for _ in $(seq 120); do
    if answer=$(curl -fs --noproxy '*' "http://127.0.0.1:$1$2") && grep -q -e "$3" <<<"$answer"; then
      ok=0
      break
    fi
    [[ $(docker inspect -f '{{.State.Running}}' "$container") == true ]] || break
    sleep 0.5
  done
  if ((ok)); then docker logs "$container" | tail -n 20; fi
  docker rm -f "$container" >/dev/null
  return $ok
}
