# Third-party packages, all of Debian 12, each as one target; and everlong_floor(), by which each floor of
# ARCHITECTURE.md becomes one library that sees only the floors it may look at.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips)
pkg_check_modules(LIBAV REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)

# Asio and Beast are compiled once, in src/async/boost_*.cpp.
add_library(everlong_boost INTERFACE)
target_link_libraries(everlong_boost INTERFACE Boost::boost Threads::Threads)
target_compile_definitions(everlong_boost INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ALLOW_DEPRECATED_HEADERS)

# What nearly every file of a floor or test reads, parsed once a target: halves the work of the builds that only tests
# need. Off in the release build, which so proves that each file includes what it uses.
option(EVERLONG_PCH "Precompile the heavy headers" OFF)
function(everlong_precompile target)
  if(EVERLONG_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# everlong_floor(NAME FOLDERS folder... LINKS target... PRIVATE_LINKS target... PRECOMPILED header...)
# A static library everlong_NAME of every .cpp below the named folders (of this directory).
function(everlong_floor name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;LINKS;PRIVATE_LINKS;PRECOMPILED" ${ARGN})
  set(sources)
  foreach(folder IN LISTS ARG_FOLDERS)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    add_library(everlong_${name} INTERFACE)
    target_include_directories(everlong_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(everlong_${name} INTERFACE ${ARG_LINKS} ${ARG_PRIVATE_LINKS})
    return()
  endif()
  add_library(everlong_${name} STATIC ${sources})
  target_include_directories(everlong_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(everlong_${name} PUBLIC ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  if(ARG_PRECOMPILED)
    everlong_precompile(everlong_${name} ${ARG_PRECOMPILED})
  endif()
endfunction()
