# One compiler is decided (docs/decisions/0001-toolchain.md). g++ 12, Debian 12's default, destroys some temporaries
# twice when they live in an expression with co_await, so a token could be freed under our feet.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} is refused: it destroys some temporaries twice in expressions with co_await "
    "(double free) and lacks parts of C++23. Install clang 19 (apt-get install clang-19 lld-19) and configure with a "
    "preset, for example: cmake --preset dev")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "clang ${CMAKE_CXX_COMPILER_VERSION} is too old: with libstdc++ 12 it has no std::expected. "
    "Install clang 19 (apt-get install clang-19 lld-19) and configure with a preset, for example: cmake --preset dev")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
include(CheckPIESupported)
check_pie_supported()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror=return-type
  -Werror=unused-result -Wthread-safety -fstack-protector-strong)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
if(EVERLONG_WERROR)
  add_compile_options(-Werror)
endif()

find_program(EVERLONG_LLD NAMES ld.lld-19 ld.lld)
if(EVERLONG_LLD)
  add_link_options(-fuse-ld=${EVERLONG_LLD})
endif()
add_link_options(-Wl,-z,relro,-z,now)

set(EVERLONG_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
if(EVERLONG_SANITIZE)
  add_compile_options(-fsanitize=${EVERLONG_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EVERLONG_SANITIZE})
endif()
if(EVERLONG_FUZZ)
  # Twice as many inputs in the same time as without optimisation.
  add_compile_options(-fsanitize=fuzzer-no-link -O1)
endif()

# ccache serves whoever has it; the build's time limit holds without it.
find_program(EVERLONG_CCACHE ccache)
if(EVERLONG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${EVERLONG_CCACHE})
endif()
if(EVERLONG_PCH)
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp") # so that a cache finds what was built with the same headers
endif()
