#define _GNU_SOURCE
#include "ctorch.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/// Lets OpenMP's threads wait by sleeping soon instead of spinning for long.
///
/// A thread that spins for one that lost its core to another program wastes the core it could have
/// had: with a busy neighbour, a session with two threads on two cores was ten times slower. The
/// figure costs nothing measurable on a quiet machine. A person's own settings stand.
void ct_prepare(void) {
  if (!getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", "1000", 0);
}

const CTBackend *ct_load(const char *path, char *message, size_t message_capacity) {
  // Local: libtorch's symbols stay out of the program. Never unloaded: libtorch keeps threads.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char *reason = dlerror();
    snprintf(message, message_capacity, "%s", reason ? reason : "the library cannot be loaded");
    return NULL;
  }
  CTBackendEntry entry = (CTBackendEntry)dlsym(library, "ct_backend");
  if (!entry) {
    snprintf(message, message_capacity, "%s is not a LasagneEngine backend", path);
    return NULL;
  }
  const CTBackend *backend = entry(CT_ABI_VERSION);
  if (!backend || backend->abi_version != CT_ABI_VERSION) {
    snprintf(message, message_capacity, "%s was built for another version of LasagneEngine", path);
    return NULL;
  }
  return backend;
}
