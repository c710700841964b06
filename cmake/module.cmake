# matinee_module(NAME SOURCES … PUBLIC … PRIVATE …): one static library per module. What a module may link is what it may
# include: the allowed arrows of docs/architecture.md are enforced here by the linker and by tests/tidy.
function(matinee_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(arg_SOURCES)
    add_library(matinee_${name} STATIC ${arg_SOURCES})
    target_include_directories(matinee_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(matinee_${name} PUBLIC ${arg_PUBLIC} PRIVATE matinee_warnings matinee_hardening ${arg_PRIVATE})
  else()
    add_library(matinee_${name} INTERFACE)
    target_include_directories(matinee_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(matinee_${name} INTERFACE ${arg_PUBLIC})
  endif()
endfunction()

# matinee_test(NAME SOURCES … LIBS …): a Catch2 program test_NAME; every test case becomes a CTest test.
# LABELS is its folder; RESOURCE_LOCK keeps heavy ones from running beside each other.
function(matinee_test name)
  cmake_parse_arguments(arg "WHOLE" "TIMEOUT" "SOURCES;LIBS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE matinee_warnings matinee_hardening Catch2::Catch2WithMain ${arg_LIBS})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_precompile_headers(test_${name} PRIVATE <catch2/catch.hpp>)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  # One process per test program: starting a process per case costs more than the cases.
  add_test(NAME ${name} COMMAND test_${name} --durations no)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS cpp)
endfunction()
