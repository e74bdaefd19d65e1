#pragma once
// ANTLR's recognizers, each thread with what it has learned by itself.
//
// A lexer or parser of ANTLR learns while it works: states of its DFA, and prediction contexts. Its
// 4.9 runtime keeps that in one place for all threads, under a lock that is taken for every
// character and every decision, so that two threads read slower than one. Here each thread keeps
// its own, and in programs that link relc_antlr the lock does nothing (unlocked.cpp). What a
// thread has learned serves the next file; to learn it again costs milliseconds.

#include <antlr4-runtime.h>

#include <mutex>
#include <type_traits>
#include <vector>

namespace relc::grammar {

/// `Generated`, a lexer or parser that ANTLR has generated. The compiler makes no other ones: those
/// would share what nothing guards.
template <class Generated>
class Recognizer final : public Generated {
public:
  template <class Input>
  explicit Recognizer(Input* input) : Generated(input) {
    using Simulator = std::conditional_t<isLexer, antlr4::atn::LexerATNSimulator,
                                         antlr4::atn::ParserATNSimulator>;
    thread_local Learned learned(this->getATN());
    // The recognizer owns it.
    this->setInterpreter(new Simulator(this, this->getATN(), learned.states, learned.contexts));
  }

private:
  static constexpr bool isLexer = std::is_base_of_v<antlr4::Lexer, Generated>;

  struct Learned {
    explicit Learned(const antlr4::atn::ATN& network) {
      // The network of a parser remembers what may follow each state, too, and looks without a lock
      // whether it does: so it is told once, before a second thread looks.
      static std::once_flag once;
      if constexpr (!isLexer)
        std::call_once(once, [&] {
          for (antlr4::atn::ATNState* state : network.states)
            if (state) network.nextTokens(state);
        });
      const size_t decisions = network.getNumberOfDecisions();
      states.reserve(decisions);
      for (size_t i = 0; i < decisions; ++i) states.emplace_back(network.getDecisionState(i), i);
    }
    std::vector<antlr4::dfa::DFA> states;
    antlr4::atn::PredictionContextCache contexts;
  };
};

} // namespace relc::grammar
