# Where fetched and built things lie, and how the scripts speak. Sourced by the other scripts.

cache="${LASAGNE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lasagne-engine}"
mkdir -p "$cache" 2>/dev/null || {
  echo "error: the cache folder $cache cannot be made; set LASAGNE_CACHE to a folder you can write" >&2
  exit 1
}
torch_version=2.13.0

say() { echo "$*" >&2; }
fail() {
  echo "error: $1" >&2
  exit "${2:-1}"
}
need_command() {
  command -v "$1" >/dev/null || fail "the command '$1' is missing; install it (Debian: apt-get install $2)"
}

# The builds of libtorch to look for, best first.
torch_kinds() {
  if [ "${LASAGNE_TORCH:-cpu}" = cuda ]; then echo cuda; else echo cpu ordinary; fi
}
torch_folder() { echo "torch-$torch_version-$1"; }

# The folder with lib/ and include/ that fetch_torch has provided.
torch_directory() {
  local kind
  if [ -n "${LASAGNE_TORCH_DIR:-}" ]; then
    echo "$LASAGNE_TORCH_DIR"
    return
  fi
  for kind in $(torch_kinds); do
    if [ -f "$cache/$(torch_folder "$kind")/complete" ]; then
      echo "$cache/$(torch_folder "$kind")/torch"
      return
    fi
  done
}
