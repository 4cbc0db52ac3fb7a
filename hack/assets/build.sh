# Sourced by the scripts beside it, which set version, cache and here.

say() { printf '%s\n' "$*" >&2; }

# build NAME PACKAGE: builds a static command of Kubernetes or etcd into the cache
# unless it is there, printing a line every 30 s.
build() {
  local name=$1 package=$2 started=$SECONDS
  [ -x "$cache/$name" ] && return
  say "control plane: building $name through the Go module proxy, once"
  local stamp="-s -w"
  for pair in gitVersion=v$version gitMajor=1 gitMinor=${version:2:2} gitTreeState=clean gitCommit=unknown; do
    stamp+=" -X k8s.io/component-base/version.$pair"
  done
  (cd "$here" && CGO_ENABLED=0 exec go build -trimpath -ldflags "$stamp" -o "$cache/.$name.part" "$package") >&2 &
  local pid=$!
  while kill -0 $pid 2>/dev/null; do
    for _ in $(seq 30); do kill -0 $pid 2>/dev/null || break; sleep 1; done
    say "control plane: building $name, $((SECONDS - started)) s so far"
  done
  wait $pid
  mv "$cache/.$name.part" "$cache/$name"
}
