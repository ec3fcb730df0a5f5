# Every target links dgxp_options; no flag is set elsewhere but for files of kernels that are built
# for more than the baseline (core/CMakeLists.txt).
option(DGXP_ASAN "Build with the address and undefined behaviour sanitizers" OFF)
option(DGXP_TSAN "Build with the thread sanitizer" OFF)
option(DGXP_COVERAGE "Build for line coverage with gcov" OFF)
option(DGXP_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(DGXP_WERROR "Treat warnings as errors" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(DGXP_CCACHE ccache)
if(DGXP_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DGXP_CCACHE})
endif()

add_library(dgxp_options INTERFACE)
target_include_directories(dgxp_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
# -ffp-contract=off: the same pixels from every compiler and for every instruction set.
target_compile_options(dgxp_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -ffp-contract=off
  -fstack-protector-strong
  -Wno-missing-field-initializers)  # designated initializers leave the rest at its default
target_compile_definitions(dgxp_options INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(dgxp_options INTERFACE -Wl,-z,relro,-z,now)
if(DGXP_WERROR)
  target_compile_options(dgxp_options INTERFACE -Werror)
endif()
if(DGXP_FUZZ)  # what is fuzzed tells the fuzzer which branches an input took
  target_compile_options(dgxp_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(DGXP_ASAN)
  target_compile_options(dgxp_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dgxp_options INTERFACE -fsanitize=address,undefined)
elseif(DGXP_TSAN)
  target_compile_options(dgxp_options INTERFACE -fsanitize=thread)
  target_link_options(dgxp_options INTERFACE -fsanitize=thread)
elseif(DGXP_COVERAGE)
  target_compile_options(dgxp_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(dgxp_options INTERFACE --coverage)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(dgxp_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

include(CheckPIESupported)
check_pie_supported()
