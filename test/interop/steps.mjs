export const say = text => process.stdout.write(`${text}\n`)

// Steps runs steps one after another and keeps what became of them. A step that fails
// doesn't end the run: the later ones usually tell why.
export class Steps {
  rows = []

  constructor(title, columns) { Object.assign(this, { title, columns }) }

  // step runs a step; texts are the cells of its row in the matrix of docs/simulator.md.
  async step(texts, run) {
    const started = Date.now()
    const row = { texts, failed: undefined }
    this.rows.push(row)
    try {
      await run()
    } catch (error) {
      row.failed = error
    }
    const time = `${((Date.now() - started) / 1000).toFixed(1)} s`
    say(`${row.failed ? 'FAILED' : 'ok    '} ${time.padStart(7)}  ${texts.join(' | ')}`)
    if (row.failed) say(String(row.failed.stack ?? row.failed).replace(/^/gm, '        '))
  }

  get failed() { return this.rows.filter(r => r.failed).length }

  // table is the matrix in Markdown.
  table() {
    const line = cells => `| ${cells.join(' | ')} |`
    return [
      line(this.columns), line(this.columns.map(() => '---')), ...this.rows.map(r => line(r.texts)),
    ].join('\n')
  }
}
