/**
 * Rel, the language of relc: the only place where its syntax is written down.
 *
 * The grammar is wider than the language. What people write by mistake (a missing value, `:` for
 * `=`, a statement without a block) has a rule of its own, so that the tree builder can say exactly
 * what is wrong and one mistake loses one declaration. compiler/syntax/repair.cpp runs between
 * lexer and parser: it balances delimiters, tells the words that start a member from the others
 * (that is what keeps the grammar LL(2)), and puts MISSING where something was forgotten.
 *
 * No kind of declaration and no attribute is known here: those are rows of compiler/schema.
 */
grammar Rel;

file : member* EOF ;

member
    : importMember
    | letMember
    | attribute
    | relation
    | overlay
    | declaration
    | stray
    ;

importMember : IMPORT ( reference | STRING ) ( AS name )? block? ;

letMember : LET name ( ( '=' | ':' ) expression )? block? ;

attribute : STARTER ( '=' | ':' ) expression block? ;

// `needs` is a hard dependency, `uses` a soft one.
relation : ( NEEDS | USES ) quantifier? target? block? ;

quantifier : ANY | QUANTITY OF ;

target : reference | list ;

// Differences of one environment: `in staging { … }`.
overlay : OVERLAY reference block? ;

declaration : ( STARTER | MISSING ) subject? clause* block? ;

subject : NAME | DATE | STRING | QUANTITY | TRUE | FALSE ;

clause
    : IN reference
    | ON reference
    | IS application ( ',' application )*
    ;

block : '{' member* '}' ;

// What can neither start a member nor continue an expression; repair has made it JUNK.
stray : ( JUNK | ',' | ';' | '=~' | '!~' | '!=' ) block? ;

expression : term ( ( '+' | '-' ) term )* ;

term : factor ( ( '*' | '/' ) factor )* ;

factor : '-'* primary ;

primary
    : QUANTITY | DATE | STRING | TEXT | PROMQL | TRUE | FALSE | MISSING
    | application
    | list
    | selector
    | '(' expression ')'
    ;

application : reference arguments? ;

reference : name ( '.' name )* ;

arguments : '(' ( argument ( ',' argument )* ','? )? ')' ;

argument : name ( '=' | ':' ) expression | expression ;

list : '[' ( expression ( ',' expression )* ','? )? ']' ;

// A PromQL label selector as a value: `{job="checkout", code=~"5.."}`.
selector : '{' ( matcher ( ',' matcher )* ','? )? '}' ;

matcher : name ( '=' | '!=' | '=~' | '!~' | ':' ) ( STRING | reference | MISSING ) ;

// No word is reserved but `import`, `let`, `true` and `false`: repair turns the other keywords into
// NAME where they are names.
name : NAME ;

IMPORT : 'import' ;
LET    : 'let' ;
TRUE   : 'true' ;
FALSE  : 'false' ;
NEEDS  : 'needs' ;
USES   : 'uses' ;
ANY    : 'any' ;
OF     : 'of' ;
IN     : 'in' ;
ON     : 'on' ;
IS     : 'is' ;
AS     : 'as' ;

NAME : [A-Za-z_] [A-Za-z0-9_-]* ;

DATE : DIGIT DIGIT DIGIT DIGIT '-' DIGIT DIGIT '-' DIGIT DIGIT ;

// A number with its unit in one token: 99.9% 300ms 1h30m 2GiB 1200/s 4%/month.
QUANTITY : DIGIT [0-9_]* ( '.' [0-9]+ )? ( [A-Za-z%] [A-Za-z0-9%_]* )? ( '/' [A-Za-z]+ )? ;

STRING : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '"' ;
UNTERMINATED_STRING : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '\\'? ;
SINGLE_QUOTED : '\'' ~['\r\n]* '\'' ;

// A literal over several lines holds no line that begins with `}` in the first column. That line
// closes the declaration, so a literal whose end is missing cannot swallow the rest of the file.
// Inside, at most two quotes stand together (Q2).
TEXT : '"""' ( Q2 ~["\r\n] | Q2 EOL ( Q12 EOL )* ( ~["\r\n}] | Q12 ~["\r\n] ) )*
       ( Q2 EOL ( Q12 EOL )* )? '"""' ;
UNTERMINATED_TEXT : '"""' ;

PROMQL : '`' ( ~[`\r\n] | EOL ~[`\r\n}] )* EOL? '`' ;
UNTERMINATED_PROMQL : '`' ;

DOC_COMMENT : '///' ~[\r\n]* -> channel(HIDDEN) ;
LINE_COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
BLOCK_COMMENT : '/*' .*? '*/' -> channel(HIDDEN) ;
UNTERMINATED_COMMENT : '/*' -> channel(HIDDEN) ;
HASH_COMMENT : '#' ~[\r\n]* -> channel(HIDDEN) ;

ASSIGN : '=' ;
MATCH : '=~' ;
NOT_MATCH : '!~' ;
NOT_EQUAL : '!=' ;
COLON : ':' ;
SEMICOLON : ';' ;
COMMA : ',' ;
DOT : '.' ;
PLUS : '+' ;
MINUS : '-' ;
STAR : '*' ;
SLASH : '/' ;
LPAREN : '(' ;
RPAREN : ')' ;
LBRACKET : '[' ;
RBRACKET : ']' ;
LBRACE : '{' ;
RBRACE : '}' ;

SPACE : [ \t\r\n\f]+ -> skip ;

JUNK : . ;

// Made by repair, never lexed from text.
STARTER : '\u0000' ; // the word that starts an attribute or a declaration
OVERLAY : '\u0001' ; // the `in` that starts an overlay
MISSING : '\u0002' ; // zero width: what the author forgot

fragment DIGIT : [0-9] ;
fragment EOL : [\r\n]+ ;
fragment Q2 : '"'? '"'? ;
fragment Q12 : '"' '"'? ;
