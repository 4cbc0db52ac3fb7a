import { alice, bob, carol, jid } from '../people.mjs'

export async function labels({ a, control, step }) {
  const id = '1'
  const onPhone = match => control.chat(alice, jid(carol), (_, view) => match(view.labels[id]))

  await step('Make, change, use and delete a label, in Baileys', 'so on the phone', async () => {
    await a.socket.addLabel('', { id, name: 'Lead', color: 3, deleted: false })
    await onPhone(l => l?.name === 'Lead' && l.color === 3)
    await a.socket.addLabel('', { id, name: 'Hot lead', color: 4, deleted: false })
    await onPhone(l => l.name === 'Hot lead' && l.color === 4)
    await a.socket.addChatLabel(jid(carol), id)
    await onPhone(l => l.chats?.join() === jid(carol))
    await a.socket.removeChatLabel(jid(carol), id)
    await onPhone(l => !l.chats?.length)
    await a.socket.addLabel('', { id, name: 'Hot lead', color: 4, deleted: true })
    await onPhone(l => l.deleted)
  })
  await step('Make, use and delete a label, on the phone', 'so in Baileys', async () => {
    const edited = match => a.log.wait('labels.edit', l => l.id === '2' && match(l))
    const put = type => a.log.wait('labels.association', e => e.type === type && e.association.labelId === '2' &&
      e.association.type === 'label_jid' && e.association.chatId === jid(bob))
    const change = change => control.post('/labels', { user: alice, id: '2', name: 'Supplier', color: 7, ...change })
    await change({})
    await edited(l => l.name === 'Supplier' && l.color === 7 && !l.deleted)
    await control.post('/chats', { user: alice, chat: bob, labels: { 2: true } })
    await put('add')
    await control.post('/chats', { user: alice, chat: bob, labels: { 2: false } })
    await put('remove')
    await change({ deleted: true })
    await edited(l => l.deleted)
  })
}
