#include <cstdio>

int main() {
  std::puts("dgxp " DGXP_VERSION);
  return 0;
}
