#include <stdio.h>

#include "codecs.h"

int ci_say(CIMessage *message, const char *text) {
  snprintf(message->text, sizeof message->text, "%s", text);
  return 1;
}
