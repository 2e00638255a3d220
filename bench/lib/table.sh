# Prints what was recorded: a Markdown table for each kind of scenario; with several runs the median of each figure.

print_tables() {
    awk -F '\t' '
        function median(list,    values, count, i, j, value) {
            count = split(list, values, " ")
            for (i = 2; i <= count; i++) {
                value = values[i]
                for (j = i - 1; j > 0 && values[j] + 0 > value + 0; j--)
                    values[j + 1] = values[j]
                values[j + 1] = value
            }
            return values[int((count + 1) / 2)]
        }
        {
            if (!($1 in rows)) tables[++table_count] = $1
            if (!(($1, $2) in seen)) { seen[$1, $2]; rows[$1] = rows[$1] "\t" $2 }
            if (!(($1, $3) in seen)) { seen[$1, $3]; columns[$1] = columns[$1] "\t" $3 }
            figures[$1, $2, $3] = figures[$1, $2, $3] " " $4
        }
        END {
            for (t = 1; t <= table_count; t++) {
                row_count = split(substr(rows[tables[t]], 2), row, "\t")
                column_count = split(substr(columns[tables[t]], 2), column, "\t")
                line = "| " tables[t] " |"; rule = "|---|"
                for (c = 1; c <= column_count; c++) { line = line " " column[c] " |"; rule = rule "---:|" }
                print "\n" line "\n" rule
                for (r = 1; r <= row_count; r++) {
                    line = "| " row[r] " |"
                    for (c = 1; c <= column_count; c++)
                        line = line " " median(figures[tables[t], row[r], column[c]]) " |"
                    print line
                }
            }
        }' "$1"
}
