import { PostgresQueryCompiler, type DataTypeNode } from 'kysely';

/** Text columns are compared and ordered by their bytes, as in SQLite, and not by the language of the database. */
export class BytewiseQueryCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    if (node.dataType === 'text' && this.parentNode?.kind === 'ColumnDefinitionNode') this.append(' collate "C"');
  }
}
