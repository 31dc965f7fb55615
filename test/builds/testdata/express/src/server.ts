import express from 'express'
import morgan from 'morgan'

const app = express()
app.use(morgan('tiny'))
app.get('/', (_, response) => { response.json({quote: 'less is more'}) })
app.listen(Number(process.env.PORT), '127.0.0.1')
