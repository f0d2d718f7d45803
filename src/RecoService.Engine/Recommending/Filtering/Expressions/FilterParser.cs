namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>
/// Reads filter expressions, by recursive descent in one pass. The grammar is in <c>docs/filters.md</c>. No text makes it throw.
/// </summary>
public static class FilterParser
{
    /// <param name="text">The expression.</param>
    /// <param name="limits">Null for the defaults.</param>
    public static FilterParse Parse(string text, FilterLimits? limits = null)
    {
        limits ??= FilterLimits.Default;
        if (text.Length > limits.Length)
            return new FilterParse(null, FilterError.TooMuch(limits.Length, $"at most {limits.Length} characters", $"{text.Length}"));
        var descent = new Descent(text, limits);
        var expression = descent.Whole();
        return descent.Error is { } error ? new FilterParse(null, error) : new FilterParse(expression, null);
    }

    /// <summary>A method per rule of the grammar. Null where there is an error.</summary>
    private sealed class Descent
    {
        private const string Subject = "a field, `not` or `(`";

        private readonly string text;
        private readonly FilterLimits limits;
        private readonly FilterLexer lexer;
        private FilterToken token;
        private int depth;
        private int conditions;

        public Descent(string text, FilterLimits limits)
        {
            this.text = text;
            this.limits = limits;
            lexer = new FilterLexer(text);
            Advance();
        }

        public FilterError? Error { get; private set; }

        public FilterExpression? Whole()
        {
            if (Alternatives() is not { } expression)
                return null;
            return token.Kind == TokenKind.End ? expression : Fail<FilterExpression>("`and`, `or` or the end");
        }

        private FilterExpression? Alternatives()
        {
            var start = token.Position;
            if (Conjunction() is not { } first)
                return null;
            if (!token.Is(Keywords.Or))
                return first;
            List<FilterExpression> parts = [first];
            while (token.Is(Keywords.Or))
            {
                Advance();
                if (Conjunction() is not { } part)
                    return null;
                parts.Add(part);
            }

            return new AnyOf(start, parts);
        }

        private FilterExpression? Conjunction()
        {
            var start = token.Position;
            if (Term() is not { } first)
                return null;
            if (!token.Is(Keywords.And))
                return first;
            List<FilterExpression> parts = [first];
            while (token.Is(Keywords.And))
            {
                Advance();
                if (Term() is not { } part)
                    return null;
                parts.Add(part);
            }

            return new AllOf(start, parts);
        }

        private FilterExpression? Term()
        {
            if (Error is not null)
                return null;
            var start = token;
            if (!start.Is(Keywords.Not) && start.Kind != TokenKind.Open)
                return Condition();
            if (++depth > limits.Depth)
            {
                Error = FilterError.TooMuch(start.Position, $"at most {limits.Depth} levels of `(` and `not`", "one more");
                return null;
            }

            Advance();
            FilterExpression? term;
            if (start.Kind != TokenKind.Open)
                term = Term() is { } inner ? new Negation(start.Position, inner) : null;
            else
                term = Alternatives() is { } within && Take(TokenKind.Close, "`and`, `or` or `)`") ? within : null;
            depth--;
            return term;
        }

        private FilterExpression? Condition()
        {
            if (token.Kind is not (TokenKind.Name or TokenKind.QuotedName) || token.IsKeyword)
                return Fail<FilterExpression>(Subject);
            if (++conditions > limits.Conditions)
            {
                Error = FilterError.TooMuch(token.Position, $"at most {limits.Conditions} conditions", "one more");
                return null;
            }

            if (Reference() is not { } left || Error is not null)
                return null;
            var place = token;
            if (OperatorOf(place.Kind) is { } comparison)
                return One(left, comparison);
            if (place.Is(Keywords.Contains))
                return One(left, FilterOperator.Contains);
            if (place.Is(Keywords.In))
                return Several(left, FilterOperator.In, place.Position);
            if (place.Is(Keywords.Not))
            {
                Advance();
                return token.Is(Keywords.In) ? Several(left, FilterOperator.NotIn, place.Position) : Fail<FilterExpression>("`in`");
            }

            if (!place.Is(Keywords.Is))
                return Fail<FilterExpression>(token.Kind == TokenKind.Dot ? "an operator, or backticks around a name with a dot" : "an operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `contains` or `is`");
            Advance();
            var isThere = token.Is(Keywords.Not);
            if (isThere)
                Advance();
            if (!token.Is(Keywords.Missing))
                return Fail<FilterExpression>(isThere ? "`missing`" : "`missing` or `not missing`");
            Advance();
            return new Presence(place.Position, left, !isThere);
        }

        private static FilterOperator? OperatorOf(TokenKind kind) => kind switch
        {
            TokenKind.Equal => FilterOperator.Equal,
            TokenKind.NotEqual => FilterOperator.NotEqual,
            TokenKind.Less => FilterOperator.Less,
            TokenKind.LessOrEqual => FilterOperator.LessOrEqual,
            TokenKind.Greater => FilterOperator.Greater,
            TokenKind.GreaterOrEqual => FilterOperator.GreaterOrEqual,
            _ => null,
        };

        private Comparison? One(FilterReference left, FilterOperator comparison)
        {
            var place = token.Position;
            Advance();
            return Operand() is { } value ? new Comparison(place, left, comparison, [value]) : null;
        }

        private Comparison? Several(FilterReference left, FilterOperator comparison, int place)
        {
            Advance();
            if (!Take(TokenKind.Open, "`(`"))
                return null;
            List<FilterOperand> values = [];
            do
            {
                if (values.Count > 0)
                    Advance();
                if (values.Count == limits.Values && Error is null)
                    Error = FilterError.TooMuch(token.Position, $"at most {limits.Values} values", "one more");
                if (Operand() is not { } value)
                    return null;
                values.Add(value);
            }
            while (token.Kind == TokenKind.Comma);
            return Take(TokenKind.Close, "`,` or `)`") ? new Comparison(place, left, comparison, values) : null;
        }

        private FilterOperand? Operand()
        {
            var value = token;
            FilterOperand? literal = value.Kind switch
            {
                TokenKind.Number => new NumberLiteral(value.Position, value.Number),
                TokenKind.Text => new TextLiteral(value.Position, value.Value),
                TokenKind.Name when value.Is(Keywords.True) || value.Is(Keywords.False) => new FlagLiteral(value.Position, value.Is(Keywords.True)),
                _ => null,
            };
            if (literal is not null && Error is null)
            {
                Advance();
                return literal;
            }

            return value.Kind is TokenKind.Name or TokenKind.QuotedName && !value.IsKeyword
                ? Reference()
                : Fail<FilterOperand>("a number, a text in double quotes, `true`, `false`, or a name");
        }

        private FilterReference? Reference()
        {
            var first = token;
            var scope = first.Kind != TokenKind.Name ? null : first.Value switch
            {
                FilterNames.Current => FilterScope.Current,
                FilterNames.Context => FilterScope.Context,
                FilterNames.User => FilterScope.User,
                _ => (FilterScope?)null,
            };
            Advance();
            if (scope is not null && token.Kind == TokenKind.Dot)
            {
                Advance();
                if (!IsName())
                    return Fail<FilterReference>($"a name behind `{first.Value}.`");
            }
            else
            {
                return Named(first, FilterScope.Item, first.Position);
            }

            var name = token;
            Advance();
            return Named(name, scope.Value, first.Position);
        }

        /// <summary>Goes on behind a name, which may have been no more than <c>attributes</c>.</summary>
        private FilterReference? Named(FilterToken name, FilterScope scope, int start)
        {
            if (scope is not (FilterScope.Item or FilterScope.Current) || name is not { Kind: TokenKind.Name, Value: FilterNames.Attributes } || token.Kind != TokenKind.Dot)
                return new FilterReference(start, scope, name.Value);
            Advance();
            if (!IsName())
                return Fail<FilterReference>("a name behind `attributes.`");
            var attribute = token.Value;
            Advance();
            return new FilterReference(start, scope, attribute, IsAttribute: true);
        }

        /// <summary>A keyword behind a dot can be meant as a name only.</summary>
        private bool IsName() => token.Kind is TokenKind.Name or TokenKind.QuotedName;

        private bool Take(TokenKind kind, string expected)
        {
            if (token.Kind != kind || Error is not null)
            {
                Fail<FilterExpression>(expected);
                return false;
            }

            Advance();
            return true;
        }

        /// <summary>Behind a character that begins no token there is none.</summary>
        private void Advance()
        {
            if (Error is null)
                Error = lexer.Next(out token);
        }

        private T? Fail<T>(string expected)
            where T : class
        {
            Error ??= FilterError.Syntax(token.Position, expected, token.Kind == TokenKind.End ? FilterError.TheEnd : text[token.Position..token.End]);
            return null;
        }
    }
}
