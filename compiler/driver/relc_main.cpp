#include "compiler/driver/command_line.h"

#include <cstdio>
#include <exception>
#include <unistd.h>

int main(int argc, char** argv) {
  int status = relc::driver::ExitInternal;
  try {
    status = relc::driver::runCommandLine({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    // No phase throws for bad input: this is a bug.
    std::fprintf(stderr,
                 "relc: internal error: %s\nPlease report it with the input that caused it.\n",
                 e.what());
  }
  // A full disk or a closed pipe shows only now.
  if (std::fflush(stdout) != 0 && status == relc::driver::ExitClean)
    status = relc::driver::ExitUnusable;
  std::fflush(stderr);
  // Taking down a large model piece by piece only costs time.
  _exit(status);
}
