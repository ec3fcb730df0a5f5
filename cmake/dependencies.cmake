# All from Debian 12; one line of why each. Which room may name which header: tests/architecture.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)                                              # text formatting
find_package(PNG REQUIRED)                                              # core/image: PNG decoding
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)          # core/image: inflates in half of zlib's time
find_package(yaml-cpp REQUIRED)                                         # manifests
find_package(CLI11 REQUIRED)                                            # cli
find_package(nlohmann_json REQUIRED)                                    # JSON in and out
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)                  # core/worker: transport
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)               # core/base: SHA-256, by the processor's own instructions
pkg_check_modules(IMAGEQUANT REQUIRED IMPORTED_TARGET imagequant)       # core/image: auto palettes
find_package(CURL REQUIRED)                                             # core/backends: HTTP
find_package(Boost 1.74 REQUIRED)                                       # core/backends: WebSocket (Beast, headers only)
find_package(OpenSSL REQUIRED)                                          # core/backends: wss, with the library that libcurl loads
find_path(MSGPACK_INCLUDE_DIR msgpack.hpp REQUIRED)                     # core/worker: messages
find_path(EXPECTED_INCLUDE_DIR tl/expected.hpp REQUIRED)                # Result
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)                        # its name before 0.8
endif()
