namespace Failover;

/// <summary>What makes a shell ask the program itself how a word may continue.</summary>
internal static class CompletionScripts
{
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bash"] = Bash,
            ["zsh"] = Zsh,
            ["fish"] = Fish,
        };

    // Not by compgen -W, which would carry out what is in a word.
    private const string Bash = """
        # bash completion of failover
        _failover() {
            local word=${COMP_WORDS[COMP_CWORD]} line
            COMPREPLY=()
            while IFS= read -r line; do
                [[ $line == "$word"* ]] && COMPREPLY+=("$line")
            done < <("$1" complete -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
        }
        complete -o default -F _failover failover

        """;

    private const string Zsh = """
        #compdef failover
        # zsh completion of failover
        _failover() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" complete -- "$line" 2>/dev/null)}")
            [[ -n ${found[1]} ]] && compadd -- "${found[@]}"
            _files
        }
        if [[ $funcstack[1] == _failover ]]; then
            _failover "$@"
        else
            compdef _failover failover
        fi

        """;

    private const string Fish = """
        # fish completion of failover
        function __failover_complete
            set -l line (commandline -cp)
            failover complete -- "$line" 2>/dev/null
        end
        complete -c failover -a '(__failover_complete)'

        """;
}
