#include "cli/run_main.hpp"

int main(int count, char** values) {
  return dgxp::run_main(count, values, nullptr);
}
