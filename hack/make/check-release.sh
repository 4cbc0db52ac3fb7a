#!/usr/bin/env bash
# check-release.sh   makes the same release in two folders, which must give the same
# bytes, and tries what is in it
#
# The folders are copies of the checkout, without git, in which the changelog's section
# Unreleased is that of the version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf 'check-release: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

version=v0.0.0-check
CREATED=$(git log -1 --format=%ct)
REVISION=$(git rev-parse HEAD)
export VERSION=$version CREATED REVISION
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' path; do
  [ ! -e "$path" ] || printf '%s\0' "$path"
done | tar --null --files-from=- --create --file "$work/checkout.tar"
for folder in first another/second; do
  mkdir -p "$work/$folder"
  tar --extract --file "$work/checkout.tar" --directory "$work/$folder"
  sed -i 's/^## \[Unreleased\]$/## [0.0.0-check] - 2000-01-01/' "$work/$folder/CHANGELOG.md"
  started=$SECONDS
  "$work/$folder/hack/make/release.sh"
  say "the release in $folder took $((SECONDS - started)) s"
  umask 077 # for the second one
done
dist=$work/first/dist
diff -r "$dist" "$work/another/second/dist" >&2 || fail "the two releases differ"

(cd "$dist" && sha256sum --quiet --check checksums.txt) || fail "the checksums are wrong"
[ "$(cd "$dist" && ls | wc -l)" = $(($(wc -l <"$dist/checksums.txt") + 1)) ] || fail "checksums.txt does not name every file"

# Helm reads the chart, and it names the image of the release.
"$(hack/tools/tools.sh render)" helm "$dist/wasession-0.0.0-check.tgz" >"$work/rendered.yaml"
for file in "$work/rendered.yaml" "$dist"/install*.yaml; do
  grep -qE "image: \"?ghcr.io/wasession/wasession:$version\"?$" "$file" || fail "$(basename "$file") does not name the image of the release"
done
grep -q '^kind: CustomResourceDefinition$' "$dist/crd.yaml" || fail "crd.yaml has no CRD"
for file in "$dist/install-namespaced.yaml" "$dist/install-namespaced-gateway.yaml"; do
  ! grep -E '^kind: (Namespace|Cluster|CustomResource)' "$file" >&2 || fail "$(basename "$file") has objects of the whole cluster"
done

# OLM's own validators read the bundle.
mkdir "$work/bundle"
tar -xzf "$dist/wasession-bundle-0.0.0-check.tar.gz" -C "$work/bundle"
"$(hack/tools/tools.sh bundlecheck)" "$work/bundle"

# The plugin for this machine runs and knows its version.
mkdir "$work/plugin"
tar -xzf "$dist/kubectl-wasession-$version-linux-$(go env GOARCH).tar.gz" -C "$work/plugin"
[ -e "$work/plugin/LICENSE" ] || fail "the plugin comes without its license"
[ "$("$work/plugin/kubectl-wasession" --version)" = "$version" ] || fail "the plugin does not know its version"

say "the two are equal, $(wc -l <"$dist/checksums.txt") files of $(du -sh "$dist" | cut -f1)"
