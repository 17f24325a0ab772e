#define _GNU_SOURCE
#include "ctorch.h"

#include <dlfcn.h>
#include <stdio.h>

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
