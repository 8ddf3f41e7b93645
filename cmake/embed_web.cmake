# everlong_embed_web(TARGET HEADER FUNCTION)
# Builds the Settings page (tools/build-web, once for all presets) and makes its files part of TARGET: a generated .cpp
# that defines FUNCTION, declared in HEADER. As `cmake -D FOLDER=… -D OUTPUT=… -D HEADER=… -D FUNCTION=… -P` it is the
# generator itself. The bytes come in by the assembler's .incbin, which costs no compile time.
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_policy(VERSION 3.25)
  function(content_type_of name result)
    if(name MATCHES "\\.html$")
      set(type "text/html; charset=utf-8")
    elseif(name MATCHES "\\.js$")
      set(type "text/javascript; charset=utf-8")
    elseif(name MATCHES "\\.css$")
      set(type "text/css; charset=utf-8")
    elseif(name MATCHES "\\.svg$")
      set(type "image/svg+xml")
    elseif(name MATCHES "\\.png$")
      set(type "image/png")
    else()
      message(FATAL_ERROR "embed_web.cmake knows no content type for ${name}")
    endif()
    set(${result} ${type} PARENT_SCOPE)
  endfunction()

  file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
  list(SORT files)
  if(NOT "index.html" IN_LIST files)
    message(FATAL_ERROR "${FOLDER} holds no index.html")
  endif()
  set(bytes "")
  set(rows "")
  set(number 0)
  foreach(name IN LISTS files)
    # The digest makes this text another one when a file is: .incbin is no dependency that ninja knows.
    file(SHA256 ${FOLDER}/${name} digest)
    file(SIZE ${FOLDER}/${name} size)
    content_type_of(${name} type)
    string(SUBSTRING ${digest} 0 32 tag)
    string(APPEND bytes "__asm__(\".section .rodata\\n\" \"everlong_web_${number}:\\n\" \".incbin \\\"${FOLDER}/${name}\\\"\\n\" \".text\\n\");\n")
    string(APPEND bytes "extern \"C\" const char everlong_web_${number}[]; // ${digest}\n")
    string(APPEND rows "    {\"/${name}\", \"${type}\", {everlong_web_${number}, ${size}}, \"\\\"${tag}\\\"\"},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(CONCAT text "#include <${HEADER}>\n\n${bytes}\nnamespace everlong::app {\n\n"
    "std::span<const WebFile> ${FUNCTION}() {\n    static const WebFile kFiles[] = {\n${rows}    };\n"
    "    return kFiles;\n}\n\n} // namespace everlong::app\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

function(everlong_embed_web target header function_name)
  file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*)
  foreach(name index.html package.json package-lock.json tsconfig.json vite.config.ts .npmrc)
    list(APPEND inputs ${CMAKE_SOURCE_DIR}/web/${name})
  endforeach()
  set(generator ${CMAKE_SOURCE_DIR}/cmake/embed_web.cmake)
  set(output ${CMAKE_BINARY_DIR}/generated/${function_name}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build-web
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${CMAKE_SOURCE_DIR}/build/web -D OUTPUT=${output} -D HEADER=${header}
      -D FUNCTION=${function_name} -P ${generator}
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/tools/build-web ${generator}
    COMMENT "Building and embedding the Settings page"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
