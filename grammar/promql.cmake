# relc_grammar_promql: lexer and parser generated from PromQLLexer.g4 and PromQL.g4. The flags and
# the pairing of tool and runtime are explained in CMakeLists.txt, which includes this file.
set(out ${CMAKE_CURRENT_BINARY_DIR}/promql)
set(antlr_promql ${ANTLR_TOOL} -Dlanguage=Cpp -no-listener -no-visitor -Werror
                 -package relc::grammar -lib ${out} -o ${out})
add_custom_command(
  OUTPUT ${out}/PromQLLexer.cpp ${out}/PromQLLexer.h ${out}/PromQLLexer.tokens
  COMMAND ${antlr_promql} ${CMAKE_CURRENT_LIST_DIR}/PromQLLexer.g4
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/PromQLLexer.g4
  COMMENT "ANTLR PromQLLexer.g4")
add_custom_command(
  OUTPUT ${out}/PromQL.cpp ${out}/PromQL.h
  COMMAND ${antlr_promql} ${CMAKE_CURRENT_LIST_DIR}/PromQL.g4
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/PromQL.g4 ${out}/PromQLLexer.tokens
  COMMENT "ANTLR PromQL.g4")
add_library(relc_grammar_promql STATIC ${out}/PromQLLexer.cpp ${out}/PromQL.cpp)
target_include_directories(relc_grammar_promql SYSTEM PUBLIC ${out})
target_compile_options(relc_grammar_promql PRIVATE -w)
target_link_libraries(relc_grammar_promql PUBLIC relc_antlr)
